"""The files of one boot root on its disk. Edge: each change is one rename, so a phone never reads half a file.

What was there is kept as a second name of the same file: its bytes, mode, owner and times come back exactly, and a full
disk cannot lose it.
"""

import errno
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
_PERMISSIONS = 0o777
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Opening a FIFO so waits for nobody."""


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


def real_path(directory: Path) -> Path:
    """The path without symbolic links, as far as they lead; ``Path.resolve`` fails on those that do not end."""
    return Path(os.path.realpath(directory))


def open_root(directory: Path) -> Path:
    """The directory, without symbolic links in its path.

    Raises:
        BootRootError: it is none.
    """
    root = real_path(directory)
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

    It may lie where others write: it is judged once it is open, so that nobody can exchange it in between.

    Raises:
        BootRootError: a symbolic link, no plain file, or longer than any master file.
        OSError: it cannot be read.
    """
    try:
        descriptor = os.open(path, _READING)
    except FileNotFoundError:
        return None
    except OSError as error:
        told = _in_the_way(error, path)
        if told is None:
            raise
        raise told from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _not_plain(path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise BootRootError(f"{path} has more than {MAX_BYTES} bytes, which nobody wrote who means well; move it away")
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
        os.fchmod(descriptor, _MODE if like is None else like.mode & _PERMISSIONS)
        os.fsync(descriptor)


def _in_the_way(error: OSError, path: Path) -> BootRootError | None:
    """What stands there that cannot be opened; None where that is not why."""
    if error.errno == errno.ELOOP and path.is_symlink():
        return BootRootError(
            f"{path} is a symbolic link to {path.readlink()}: name the directory that it points into, or remove it"
        )
    return _not_plain(path) if error.errno == errno.ENXIO else None  # a socket


def _not_plain(path: Path) -> BootRootError:
    return BootRootError(f"{path} is not a plain file; move it away")


def _add_name(path: Path, second: Path) -> Path:
    os.link(path, second, follow_symlinks=False)
    return second


def _unchanged(error: OSError, target: Path) -> BootRootError:
    remedy = "; run this as root or as the owner of the file" if isinstance(error, PermissionError) else ""
    return BootRootError(f"{target} is as it was: {error.strerror or error}{remedy}")
