"""What the worker left in the spool about one phone. Edge: reads two small files, writes nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import (
    MAX_BYTES,
    SNAPSHOT_FILE_NAME,
    PhoneState,
    SpoolEntry,
    SpoolSyntaxError,
    spool_file_name,
)

CLOCK_SKEW = timedelta(minutes=1)
"""A snapshot from further ahead than this is not trusted: a clock jumped, and its age cannot be told."""


class Doubt(Enum):
    """Why we cannot tell what a phone is; the value is for the log and the phone's timeline."""

    NO_SPOOL = "spool directory is missing"
    NOT_REACHED = "config system not reached yet"
    TOO_OLD = "last snapshot of the config system is too old"
    FROM_THE_FUTURE = "last snapshot is from the future: check the clocks"
    SNAPSHOT_DAMAGED = "snapshot time in the spool is damaged"
    ENTRY_DAMAGED = "spool entry is damaged"
    UNREADABLE = "spool cannot be read"


@dataclass(frozen=True, slots=True)
class Stranger:
    """The config system does not know this MAC: a complete and fresh snapshot has no entry of it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The phone may have a line: it must not be given the autoprovision registration."""

    doubt: Doubt
    detail: str = ""


Knowledge = SpoolEntry | Stranger | CannotTell


def look_up(directory: Path, mac: MacAddress, *, now: datetime, max_age: timedelta) -> Knowledge:
    """What is known of *mac*.

    An assigned entry holds, however old the snapshot: a phone that had a line stays protected. Anything else
    is worth no more than the snapshot, because the phone may have been assigned since.

    The snapshot is read before the entry. Its writer puts entries first and the time last, so whatever the time
    vouches for is in place when the entry is read; the other way round, a snapshot that completes between the
    two reads would vouch for an entry that was read before it came.
    """
    stale = _doubt_about_snapshot(directory, now=now, max_age=max_age)
    try:
        entry = _read_entry(directory / spool_file_name(mac))
    except FileNotFoundError:
        return stale or Stranger()
    except OSError as error:
        return CannotTell(Doubt.UNREADABLE, str(error))
    except SpoolSyntaxError as error:
        return CannotTell(Doubt.ENTRY_DAMAGED, f"{spool_file_name(mac)}: {error}")
    if entry.state is PhoneState.ASSIGNED:
        return entry
    return stale or entry


def _read_entry(path: Path) -> SpoolEntry:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SpoolSyntaxError(f"more than {MAX_BYTES} bytes")
    return SpoolEntry.from_bytes(data)


def _doubt_about_snapshot(directory: Path, *, now: datetime, max_age: timedelta) -> CannotTell | None:
    try:
        with (directory / SNAPSHOT_FILE_NAME).open("rb") as file:
            text = file.read(32)
    except FileNotFoundError:
        return CannotTell(Doubt.NOT_REACHED if directory.is_dir() else Doubt.NO_SPOOL, str(directory))
    except OSError as error:
        return CannotTell(Doubt.UNREADABLE, str(error))
    return _doubt_about_time(text, now=now, max_age=max_age)


def _doubt_about_time(text: bytes, *, now: datetime, max_age: timedelta) -> CannotTell | None:
    digits = text.strip()
    if not digits.isdigit() or len(digits) > 11:
        return CannotTell(Doubt.SNAPSHOT_DAMAGED, repr(text))
    taken_at = datetime.fromtimestamp(int(digits), UTC)
    if taken_at > now + CLOCK_SKEW:
        return CannotTell(Doubt.FROM_THE_FUTURE, taken_at.isoformat())
    if now - taken_at > max_age:
        return CannotTell(Doubt.TOO_OLD, taken_at.isoformat())
    return None
