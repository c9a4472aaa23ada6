"""The bootstrap file in the root of somebody else's TFTP or FTP server: put there, looked after, taken out again."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.files import (
    BACKUP_NAME,
    FoundFile,
    delete_file,
    free_name,
    open_root,
    put_file,
    read_file,
    refuse_other_spellings,
    restore_file,
    set_aside,
    sha256_of,
)
from autoprov.boot_root.maker import Maker, is_autoprovs, maker_of
from autoprov.boot_root.records import RootRecord
from autoprov_phones.polycom_names import BOOTSTRAP_FILE_NAME


@dataclass(frozen=True, slots=True)
class WritePlan:
    """What a write would do; *record* is of the last one.

    *maker* is set where the file found is not ours. That file stays under the name *keep_as*; None: it has one already.
    """

    root: Path
    wanted: bytes
    record: RootRecord | None
    found: FoundFile | None
    maker: Maker | None = None
    keep_as: str | None = None

    @property
    def is_in_place(self) -> bool:
        """Whether the file says already what it should."""
        return self.found is not None and self.found.content == self.wanted


@dataclass(frozen=True, slots=True)
class Removed:
    """*set_aside* is the name under which somebody else's file stays, where there was one in the place of ours."""

    is_restored: bool
    set_aside: str | None


class RootState(Enum):
    """How a boot root stands; the value is what is printed."""

    CURRENT = "current"
    OUTDATED = "older than the settings"
    OVERWRITTEN = "overwritten"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RootReport:
    """One boot root as it stands; *maker* and *found* are of a file that is not ours, *trouble* says what else is."""

    root: Path
    record: RootRecord
    state: RootState
    maker: Maker | None = None
    found: FoundFile | None = None
    trouble: str = ""


def plan_write(directory: Path, wanted: bytes, record: RootRecord | None) -> WritePlan:
    """What writing *wanted* into *directory* would do; *record* is of what we wrote there last.

    Raises:
        BootRootError: nothing can be written there before a person has changed something.
        OSError: the directory cannot be read.
    """
    root = open_root(directory)
    refuse_other_spellings(root)
    found = read_file(root / BOOTSTRAP_FILE_NAME)
    if found is None or found.content == wanted or _is_ours(found, record):
        return WritePlan(root, wanted, record, found)
    return WritePlan(root, wanted, record, found, maker_of(found.content), _keep_as(root, found))


def refuse_stranger(plan: WritePlan) -> None:
    """Do nothing, where the file found is ours or there is none.

    Raises:
        BootRootError: it is somebody else's.
    """
    if plan.maker is not None:
        raise BootRootError(
            f"{plan.root / BOOTSTRAP_FILE_NAME} is not ours, it looks like a file of {plan.maker}: nothing written. "
            "Phones that boot there may depend on it; --replace puts ours in its place and keeps it as "
            f"{plan.keep_as or BACKUP_NAME}"
        )


def write_root(plan: WritePlan, *, now: datetime) -> RootRecord:
    """Do as planned.

    Raises:
        BootRootError: the disk says no; everything is as it was.
    """
    if not plan.is_in_place:
        put_file(plan.root, plan.wanted, like=plan.found, keep_as=plan.keep_as)
    written = sha256_of(plan.wanted)
    if plan.is_in_place and plan.record is not None and plan.record.written == written:
        return plan.record
    return RootRecord(written, now, _backup_hash(plan))


def remove_root(root: Path, record: RootRecord, *, force: bool) -> Removed:
    """Restore what was there before us; *force* does it where others have changed the files since.

    Raises:
        BootRootError: they have and it was not forced, or the file system says no; everything is as it was.
        OSError: the directory cannot be read.
    """
    found = read_file(root / BOOTSTRAP_FILE_NAME)
    backup = read_file(root / BACKUP_NAME)
    if (trouble := _backup_trouble(record, backup)) and not force:
        raise BootRootError(f"{root}: {trouble}; --force removes ours all the same")
    theirs = found if found is not None and not _is_ours(found, record) else None
    if theirs is not None and not force:
        raise BootRootError(
            f"{root / BOOTSTRAP_FILE_NAME} is no longer ours, it looks like a file of {maker_of(theirs.content)}: "
            "left alone. --force sets it aside and restores what was there before us"
        )
    kept_as = None if theirs is None else set_aside(root)
    is_restored = record.backup is not None and backup is not None
    if is_restored:
        restore_file(root)
    else:
        delete_file(root)
    return Removed(is_restored, kept_as)


def look(root: Path, record: RootRecord, wanted: bytes) -> RootReport:
    """How the boot root stands, now that the settings ask for *wanted*."""
    try:
        found = read_file(root / BOOTSTRAP_FILE_NAME)
        backup = read_file(root / BACKUP_NAME)
    except (BootRootError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return RootReport(root, record, RootState.UNREADABLE, trouble=str(reason))
    trouble = _backup_trouble(record, backup)
    if found is None:
        return RootReport(root, record, RootState.MISSING, trouble=trouble)
    if found.content == wanted:
        return RootReport(root, record, RootState.CURRENT, trouble=trouble)
    if _is_ours(found, record):
        return RootReport(root, record, RootState.OUTDATED, trouble=trouble)
    return RootReport(root, record, RootState.OVERWRITTEN, maker_of(found.content), found, trouble)


def _is_ours(found: FoundFile, record: RootRecord | None) -> bool:
    """By the record and by what it says: who can write our records shall not make root throw away somebody's file."""
    return record is not None and found.sha256 == record.written and is_autoprovs(found.content)


def _keep_as(root: Path, found: FoundFile) -> str | None:
    """The second name for a file in our way; None where the backup is that file already (a write that was cut off)."""
    backup = read_file(root / BACKUP_NAME)
    if backup is None:
        return BACKUP_NAME
    return None if backup.inode == found.inode else free_name(root)


def _backup_hash(plan: WritePlan) -> str | None:
    """The hash of the backup when it was made, or of one that an earlier installation left; None without a backup."""
    if plan.record is not None and plan.record.backup is not None:
        return plan.record.backup
    backup = read_file(plan.root / BACKUP_NAME)
    return None if backup is None else backup.sha256


def _backup_trouble(record: RootRecord, backup: FoundFile | None) -> str:
    if record.backup is None:
        return ""
    if backup is None:
        return f"the backup {BACKUP_NAME} is gone"
    return "" if backup.sha256 == record.backup else f"the backup {BACKUP_NAME} was changed since"
