"""What we wrote into which boot root: a small file in the state directory, by which later overwriting is noticed."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from autoprov.boot_root.error import BootRootError
from autoprov.boot_root.files import read_file

RECORDS_FILE_NAME = "boot-roots.json"
_FILE_MODE = 0o640


@dataclass(frozen=True, slots=True)
class RootRecord:
    """*written* is the hash of the bootstrap file that we put there; *backup* that of what was there before, if any."""

    written: str
    written_at: datetime
    backup: str | None

    def to_facts(self) -> dict[str, str | None]:
        """The record for JSON."""
        return {"written": self.written, "written_at": self.written_at.isoformat(), "backup": self.backup}


def read_records(state_directory: Path) -> dict[Path, RootRecord]:
    """The records by boot root; none where nothing was ever written.

    Raises:
        BootRootError: the file is damaged, or none that we would have written.
        OSError: it cannot be read.
    """
    path = state_directory / RECORDS_FILE_NAME
    found = read_file(path)
    if found is None:
        return {}
    try:
        roots = cast("dict[str, dict[str, object]]", json.loads(found.content))
        return {_root(name): _record(facts) for name, facts in roots.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error


def write_records(state_directory: Path, records: Mapping[Path, RootRecord]) -> None:
    """Put the records in place of the old ones; they belong to whom the state directory belongs.

    Raises:
        OSError: they cannot be written.
    """
    path = state_directory / RECORDS_FILE_NAME
    new = path.with_name(f".{path.name}.new")
    content = json.dumps({str(root): record.to_facts() for root, record in sorted(records.items())}, indent=1)
    new.unlink(missing_ok=True)  # the directory may be another user's: what is there could lead to anywhere
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if os.geteuid() == 0:  # root may write a tftproot, and another user runs the rest of us
            owner = state_directory.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(f"{content}\n")
        file.flush()
        os.fsync(descriptor)
    new.replace(path)


def refuse_unwritable(state_directory: Path) -> None:
    """Do nothing, where records can be written.

    Raises:
        BootRootError: they cannot, so nothing should be done that has to be recorded.
    """
    if not os.access(state_directory, os.W_OK | os.X_OK, effective_ids=True):
        raise BootRootError(
            f"{state_directory} cannot be written by this user, and we record there what we do: not done"
        )


def _root(name: str) -> Path:
    os.fsencode(name)
    if not name.startswith("/") or "\0" in name:
        raise ValueError("a boot root that is no absolute path")
    return Path(name)


def _record(facts: Mapping[str, object]) -> RootRecord:
    written, written_at, backup = facts["written"], facts["written_at"], facts["backup"]
    if not (isinstance(written, str) and isinstance(written_at, str) and isinstance(backup, str | None)):
        raise TypeError("a record without a hash or a time")
    at = datetime.fromisoformat(written_at)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return RootRecord(written, at, backup)


def _damaged(path: Path) -> BootRootError:
    return BootRootError(f"{path} is damaged: move it away; 'autoprov bootstrap write DIR' knows its own files again")
