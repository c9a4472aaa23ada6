"""What is told of each answered request: a line in a file, so that no phone waits and no peer need be there.

Many processes append; the one that keeps the timeline reads the lines and takes them out (``fetch_reader``).
"""

from __future__ import annotations

import fcntl
import os
import time

from autoprov_phones.mac import MacAddress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.requested_file import RequestedFile
    from autoprov_web.answer import Answer
    from autoprov_web.phone_request import PhoneRequest

FETCHES_FILE_NAME = "fetches"
FILE_MODE = 0o660
"""The web server appends, the other process empties it: they share a group."""
OPEN_FLAGS = os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""That group must not point either of them to another file, nor make it wait at a pipe."""
MAX_FILE_BYTES = 8_000_000
"""Nobody has read for long: what comes now is lost, rather than the disk full."""
MAX_LINE_BYTES = 2_000
"""Under a page, so that appended lines do not mix."""
_MAX_NAME = 80
_MAX_TEXT = 200
_FIELDS = 9
_YEAR_10000 = 253_402_300_800.0
"""No calendar of ours goes further."""
_TRIES = 25
_NAP = 0.001


class FetchReport:
    """*at* is in Unix seconds; *mac* and *unique_id* are ``""`` where there is none.

    *trouble* tells an operator what is wrong on this machine, ``""`` if nothing is. All text is printable ASCII.
    """

    __slots__ = ("address", "at", "mac", "name", "status", "trouble", "unique_id", "user_agent", "verdict")

    def __init__(
        self,
        at: float,
        *,
        address: str,
        mac: str,
        name: str,
        status: int,
        verdict: str,
        unique_id: str = "",
        user_agent: str = "",
        trouble: str = "",
    ) -> None:
        self.at = at
        self.address = printable(address, _MAX_NAME)
        self.mac = mac
        self.name = printable(name, _MAX_NAME)
        self.status = status
        self.verdict = printable(verdict, _MAX_TEXT)
        self.unique_id = unique_id
        self.user_agent = printable(user_agent, _MAX_TEXT)
        self.trouble = printable(trouble, _MAX_TEXT)

    def to_line(self) -> bytes:
        """The report on one line; ``from_line`` reads it back."""
        fields = (
            f"{self.at:.3f}",
            self.address,
            self.mac,
            self.name,
            str(self.status),
            self.verdict,
            self.unique_id,
            self.user_agent,
            self.trouble,
        )
        return ("\t".join(fields) + "\n").encode("ascii")

    @classmethod
    def from_line(cls, line: bytes) -> FetchReport | None:
        """Read a line; None for a damaged one (the disk was full in its middle), which may run into the next."""
        fields = line.decode("ascii", errors="replace").rstrip("\n").split("\t")
        if len(fields) != _FIELDS:
            return None
        at, address, mac, name, status, verdict, unique_id, user_agent, trouble = fields
        try:
            moment = float(at)
            if not 0 <= moment < _YEAR_10000:
                return None
            return cls(
                moment,
                address=address,
                mac=str(MacAddress(mac)) if mac else "",
                name=name,
                status=int(status),
                verdict=verdict,
                unique_id=printable(unique_id, _MAX_NAME),
                user_agent=user_agent,
                trouble=trouble,
            )
        except ValueError:
            return None


def report_of(
    request: PhoneRequest, requested: RequestedFile, given: Answer, *, trouble: str, now: float
) -> FetchReport:
    """What there is to tell of one answered request."""
    return FetchReport(
        now,
        address=request.address,
        mac="" if requested.mac is None else str(requested.mac),
        name=requested.name,
        status=given.status,
        verdict=given.verdict,
        unique_id="" if given.unique_id is None else str(given.unique_id),
        user_agent=request.user_agent,
        trouble=trouble,
    )


def append_report(directory: str, report: FetchReport) -> bool:
    """Append *report* to the file in *directory*; False where it is lost: file full, disk full, not writable.

    Waits for the moment in which the reader empties the file, no longer: were it stopped just then, the line is written
    beside its lock, and at worst emptied unread.
    """
    try:
        descriptor = os.open(f"{directory}/{FETCHES_FILE_NAME}", os.O_WRONLY | os.O_APPEND | OPEN_FLAGS, FILE_MODE)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        if status.st_size >= MAX_FILE_BYTES:
            return False
        if status.st_size == 0 and status.st_mode & 0o777 != FILE_MODE and status.st_uid == os.geteuid():
            os.fchmod(descriptor, FILE_MODE)  # whatever the umask was
        _lock(descriptor)
        line = report.to_line()
        return os.write(descriptor, line) == len(line)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_NAP)
        else:
            return


def printable(text: str, limit: int) -> str:
    """At most *limit* characters of *text*; whatever is not printable ASCII becomes ``?``."""
    cut = text[:limit]
    if cut.isascii() and cut.isprintable():  # nearly always, and a tenth of the time
        return cut
    return "".join(symbol if " " <= symbol <= "~" else "?" for symbol in cut)
