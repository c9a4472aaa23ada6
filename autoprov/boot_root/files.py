"""The files of one boot root on its disk. Edge: each change is one rename, so a phone never reads half a file.

What was there is kept as a second name of the same file: its bytes, mode, owner and times come back exactly, and a full
disk cannot lose it.
"""

import hashlib
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autoprov.boot_root.error import BootRootError
from autoprov_phones.polycom_names import BOOTSTRAP_FILE_NAME

BACKUP_NAME = f"{BOOTSTRAP_FILE_NAME}.before-autoprov"
MAX_BYTES = 1_000_000
"""No master file comes near; phones' servers may let anybody upload."""
_NEW_NAME = f".{BOOTSTRAP_FILE_NAME}.autoprov-new"
_MODE = 0o644  # a tftpd serves what everybody may read


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it was read; *inode* is the same for two names of one file."""

    content: bytes = field(repr=False)
    mode: int
    owner: int
    group: int
    changed_at: datetime
    inode: tuple[int, int]

    @property
    def sha256(self) -> str:
        """The content's hash, in hex."""
        return sha256_of(self.content)


def sha256_of(content: bytes) -> str:
    """The hash by which a file is known again, in hex."""
    return hashlib.sha256(content).hexdigest()


def open_root(directory: Path) -> Path:
    """The directory, without symbolic links in its path.

    Raises:
        BootRootError: it is none.
    """
    root = directory.resolve()
    if not root.is_dir():
        raise BootRootError(f"{directory} is not a directory; name the one that your TFTP or FTP server serves")
    return root


def refuse_other_spellings(root: Path) -> None:
    """Do nothing, where the bootstrap file's name stands in no other letters.

    Raises:
        BootRootError: it does, so that not we but the server decides which of the two a phone gets.
        OSError: the directory cannot be read.
    """
    for path in root.iterdir():
        if path.name != BOOTSTRAP_FILE_NAME and path.name.lower() == BOOTSTRAP_FILE_NAME:
            raise BootRootError(
                f"{path} is there, and a server that ignores case may hand it out instead of ours; move it away"
            )


def firmware_in(root: Path) -> list[str]:
    """The names of firmware that phones would take: our bootstrap file, too, names ``sip.ld``.

    Raises:
        OSError: the directory cannot be read.
    """
    names = (path.name for path in root.iterdir())
    return sorted(name for name in names if name.lower() == "sip.ld" or name.lower().endswith(".sip.ld"))


def read_file(path: Path) -> FoundFile | None:
    """The file, None where there is none.

    Raises:
        BootRootError: a symbolic link, no plain file, or longer than any master file.
        OSError: it cannot be read.
    """
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(facts.st_mode):
        raise BootRootError(
            f"{path} is a symbolic link to {path.readlink()}: name the directory that it points into, or remove it"
        )
    if not stat.S_ISREG(facts.st_mode):
        raise BootRootError(f"{path} is not a plain file; move it away")
    # Somebody may exchange it now: then this fails, or waits for nothing.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BootRootError(f"{path} has more than {MAX_BYTES} bytes, which no phone could read; move it away")
    changed_at = datetime.fromtimestamp(facts.st_mtime, UTC)
    mode = stat.S_IMODE(facts.st_mode)
    return FoundFile(content, mode, facts.st_uid, facts.st_gid, changed_at, (facts.st_dev, facts.st_ino))


def put_file(root: Path, content: bytes, *, like: FoundFile | None, keep_as: str | None) -> None:
    """Put the bootstrap file in place, with the mode and owner of *like*, which it replaces.

    What is there keeps the name *keep_as* as well.

    Raises:
        BootRootError: the disk or the file system says no; everything is as it was.
    """
    target, new = root / BOOTSTRAP_FILE_NAME, root / _NEW_NAME
    kept: Path | None = None
    try:
        _write_new(new, content, like)
        if keep_as is not None:
            kept = _add_name(target, root / keep_as)
        new.replace(target)
    except OSError as error:
        for path in (new, kept):
            if path is not None:
                with suppress(OSError):  # a read-only file system says no to this, too
                    path.unlink(missing_ok=True)
        raise _unchanged(error, target) from error
    sync_directory(root)


def restore_file(root: Path) -> None:
    """Give the backup its old name again.

    Raises:
        BootRootError: the file system says no; everything is as it was.
    """
    target = root / BOOTSTRAP_FILE_NAME
    try:
        (root / BACKUP_NAME).replace(target)
    except OSError as error:
        raise _unchanged(error, target) from error
    sync_directory(root)


def delete_file(root: Path) -> None:
    """Remove the bootstrap file.

    Raises:
        BootRootError: the file system says no.
    """
    target = root / BOOTSTRAP_FILE_NAME
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise _unchanged(error, target) from error
    sync_directory(root)


def set_aside(root: Path) -> str:
    """Give the bootstrap file a free second name, under which it stays; returns that name.

    Raises:
        BootRootError: the file system says no; everything is as it was.
    """
    target, name = root / BOOTSTRAP_FILE_NAME, free_name(root)
    try:
        _add_name(target, root / name)
    except OSError as error:
        raise _unchanged(error, target) from error
    return name


def free_name(root: Path) -> str:
    """A name for a file that is in our way, where the backup is an older one."""
    number = 1
    while os.path.lexists(root / _aside_name(number)):
        number += 1
    return _aside_name(number)


def sync_directory(directory: Path) -> None:
    """Let a rename survive a power failure."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _aside_name(number: int) -> str:
    return f"{BOOTSTRAP_FILE_NAME}.set-aside-{number}"


def _write_new(path: Path, content: bytes, like: FoundFile | None) -> None:
    # In a directory where phones may upload, a name that is there already could be a link to anywhere.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        own = os.fstat(descriptor)
        if like is not None and (like.owner, like.group) != (own.st_uid, own.st_gid):
            os.fchown(descriptor, like.owner, like.group)
        os.fchmod(descriptor, _MODE if like is None else like.mode)
        os.fsync(descriptor)


def _add_name(path: Path, second: Path) -> Path:
    os.link(path, second, follow_symlinks=False)
    return second


def _unchanged(error: OSError, target: Path) -> BootRootError:
    remedy = "; run this as root or as the owner of the file" if isinstance(error, PermissionError) else ""
    return BootRootError(f"{target} is as it was: {error.strerror or error}{remedy}")
