"""What the worker left in the spool about one phone. Edge: reads two small files, writes nothing."""

from __future__ import annotations

import os

from autoprov_phones.record import MAX_BYTES
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME, SpoolEntry, SpoolSyntaxError, spool_file_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

CLOCK_SKEW = 60.0
"""A snapshot from further ahead than these seconds is not trusted: a clock jumped, and its age cannot be told."""

_CHUNK = 65_536
_snapshots: dict[str, tuple[tuple[int, int, int], bytes]] = {}
"""By path, as they were last; a process serves few sites."""

NO_SPOOL = "spool directory is missing"
NOT_REACHED = "config system not reached yet"
TOO_OLD = "last snapshot of the config system is too old"
FROM_THE_FUTURE = "last snapshot is from the future: check the clocks"
SNAPSHOT_DAMAGED = "snapshot time in the spool is damaged"
ENTRY_DAMAGED = "spool entry is damaged"
UNREADABLE = "spool cannot be read"


class Known:
    """The config system knows this MAC; *changed_at* (Unix seconds) is when the worker last had something new of it."""

    __slots__ = ("changed_at", "entry")

    def __init__(self, entry: SpoolEntry, changed_at: float) -> None:
        self.entry = entry
        self.changed_at = changed_at


class Stranger:
    """The config system does not know this MAC: a complete and fresh snapshot has no entry of it."""

    __slots__ = ()


class CannotTell:
    """The phone may have a line: it must not be given the autoprovision registration.

    *doubt* is one of this module's, *detail* the file and what is wrong with it.
    """

    __slots__ = ("detail", "doubt")

    def __init__(self, doubt: str, detail: str = "") -> None:
        self.doubt = doubt
        self.detail = detail


if TYPE_CHECKING:
    Knowledge = Known | Stranger | CannotTell


def look_up(directory: str, mac: MacAddress, *, now: float, max_age: float) -> Knowledge:
    """What is known of *mac*; *now* is in Unix seconds, *max_age* in seconds.

    An assigned entry holds, however old the snapshot: a phone that had a line stays protected. Anything else
    is worth no more than the snapshot, because the phone may have been assigned since.

    The snapshot is read before the entry. Its writer puts entries first and the time last, so whatever the time
    vouches for is in place when the entry is read; the other way round, a snapshot that completes between the
    two reads would vouch for an entry that was read before it came.
    """
    stale = _doubt_about_snapshot(directory, now=now, max_age=max_age)
    name = spool_file_name(mac)
    try:
        known = _read_entry(f"{directory}/{name}")
    except FileNotFoundError:
        return stale or Stranger()
    except OSError as error:
        return CannotTell(UNREADABLE, str(error))
    except SpoolSyntaxError as error:
        return CannotTell(ENTRY_DAMAGED, f"{name}: {error}")
    if known.entry.is_assigned:
        return known
    return stale or known


def read_small_file(path: str, limit: int) -> tuple[bytes, float]:
    """At most *limit* bytes of a file, and when it was last changed.

    Raises:
        OSError: it is not there, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        changed_at = os.fstat(descriptor).st_mtime
        data = os.read(descriptor, min(limit, _CHUNK))
        if len(data) == _CHUNK:  # a regular file gives what it has: there may be more
            while len(data) < limit and (part := os.read(descriptor, limit - len(data))):
                data += part
        return data, changed_at
    finally:
        os.close(descriptor)


def _read_entry(path: str) -> Known:
    data, changed_at = read_small_file(path, MAX_BYTES + 1)
    return Known(SpoolEntry.from_bytes(data), changed_at)


def _doubt_about_snapshot(directory: str, *, now: float, max_age: float) -> CannotTell | None:
    try:
        text = _snapshot(f"{directory}/{SNAPSHOT_FILE_NAME}")
    except FileNotFoundError:
        return CannotTell(NOT_REACHED if os.path.isdir(directory) else NO_SPOOL, directory)  # noqa: PTH112 - no pathlib
    except OSError as error:
        return CannotTell(UNREADABLE, str(error))
    return _doubt_about_time(text, now=now, max_age=max_age)


def _snapshot(path: str) -> bytes:
    """The file's content, read again where it is another file: its writer puts a new one in its place."""
    status = os.stat(path)  # noqa: PTH116 - no pathlib under a CGI
    seen = (status.st_ino, status.st_mtime_ns, status.st_size)
    read = _snapshots.get(path)
    if read is None or read[0] != seen:
        text, _ = read_small_file(path, 32)
        _snapshots[path] = read = (seen, text)
    return read[1]


def _doubt_about_time(text: bytes, *, now: float, max_age: float) -> CannotTell | None:
    digits = text.strip()
    if not digits.isdigit() or len(digits) > 11:
        return CannotTell(SNAPSHOT_DAMAGED, repr(text))
    taken_at = int(digits)
    if taken_at > now + CLOCK_SKEW:
        return CannotTell(FROM_THE_FUTURE, f"{taken_at - now:.0f} s ahead")
    if now - taken_at > max_age:
        return CannotTell(TOO_OLD, f"{now - taken_at:.0f} s old")
    return None
