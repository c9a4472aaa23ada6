"""Puts a file in place whole: who reads it sees the old or the new one, also when the power fails."""

import errno
import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 5.0
"""Seconds. Who writes a file is done long before: who holds the lock for longer was stopped, or means ill."""
_NAP = 0.02


def replace_file(path: Path, content: bytes, *, mode: int) -> None:
    """Write *content* beside *path*, then under its name, with *mode* whatever the umask.

    Of several writers each is whole, and the last one stays.

    Raises:
        OSError: it cannot be written; what was there is still there.
    """
    with _alone_in(path.parent):
        _replace(path, content, mode)


@contextmanager
def _alone_in(directory: Path) -> Generator[None]:
    """While no other process of ours writes there: two that shared the temporary name would mix their halves."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    give_up_at = time.monotonic() + _PATIENCE
    try:
        while not _is_locked(descriptor):
            if time.monotonic() > give_up_at:
                raise OSError(errno.EAGAIN, "another process has locked the directory", str(directory))
            time.sleep(_NAP)
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _replace(path: Path, content: bytes, mode: int) -> None:
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
