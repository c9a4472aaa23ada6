"""Puts a file in place whole: who reads it sees the old or the new one, also when the power fails."""

import os
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int) -> None:
    """Write *content* beside *path*, then under its name, with *mode* whatever the umask.

    Raises:
        OSError: it cannot be written; what was there is still there.
    """
    # One name per file: what a killed process left behind is in the way of nobody.
    temporary = path.with_name(f".{path.name}.new")
    # The web server writes to the same directory: a name that is there already could be a link to anywhere.
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if error.filename is None:  # a full disk's error names no file
            error.filename = str(path)
        raise
