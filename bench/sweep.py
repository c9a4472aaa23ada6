"""Who asks for the registration file of every MAC, and what that obtains: ``python -m bench.sweep [MACS]``.

From an allowed address, with discovery open and closed, and from an address outside of the networks. Ends with 1 where
a sweep obtained more than it should, or anything of a phone that has a line.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autoprov_phones.polycom_names import registration_file_name
from bench.swept_site import INSIDE, LINE_SECRET, MACS, OUTSIDE, swept_mac

_CLIENTS = 4
_MACS_PER_HOUR = 50
"""What a fresh installation lets one address ask for."""

_console = Console(highlight=False, width=120)


@dataclass(frozen=True, slots=True)
class Sweep:
    """From where, with discovery ``open`` or ``closed``, and how many registration files that may obtain."""

    what: str
    address: str
    discovery: str
    most: int


SWEEPS = (
    Sweep("inside, discovery open", INSIDE, "open", _MACS_PER_HOUR),
    Sweep("inside, discovery closed", INSIDE, "closed", 0),
    Sweep("outside", OUTSIDE, "open", 0),
)


@dataclass(slots=True)
class Spoils:
    """What a sweep obtained; *lost* requests were not answered at all."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    registrations: int = 0
    lines: int = 0
    lost: int = 0

    def add(self, other: "Spoils") -> None:
        """Count what another client obtained."""
        self.statuses += other.statuses
        self.registrations += other.registrations
        self.lines += other.lines
        self.lost += other.lost


def main(macs: int) -> int:
    """The exit code."""
    table = Table("sweep", "requests", "per second", "answers", "registration files", "lines", "unanswered")
    is_right = True
    for sweep in SWEEPS:
        with tempfile.TemporaryDirectory(prefix="sweep-") as name, _site(Path(name), sweep.discovery) as port:
            begun = time.monotonic()
            spoils = _obtain(sweep, port, macs)
            rate = macs / (time.monotonic() - begun)
        answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(spoils.statuses.items()))
        counts = (spoils.registrations, spoils.lines, spoils.lost)
        table.add_row(sweep.what, f"{macs:,}", f"{rate:,.0f}", answers, *(f"{count:,}" for count in counts))
        is_right = is_right and spoils.registrations <= sweep.most and not spoils.lines and not spoils.lost
    _console.print(table)
    return int(not is_right)


@contextmanager
def _site(folder: Path, discovery: str) -> Generator[int]:
    """The port of a site of its own, so that each sweep begins with fresh limits."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.swept_site", str(folder), discovery],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate()


def _obtain(sweep: Sweep, port: int, macs: int) -> Spoils:
    spoils = Spoils()
    with Progress(console=_console) as progress, ThreadPoolExecutor(_CLIENTS) as clients:
        advance = partial(progress.advance, progress.add_task(sweep.what, total=macs))
        parts = [range(first, macs, _CLIENTS) for first in range(_CLIENTS)]
        for part in clients.map(partial(_ask, port, sweep.address, advance), parts):
            spoils.add(part)
    return spoils


def _ask(port: int, address: str, advance: Callable[[], None], numbers: range) -> Spoils:
    """What one client obtains, over one connection."""
    spoils = Spoils()
    with closing(HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))) as connection:
        for number in numbers:
            try:
                connection.request("GET", f"/{registration_file_name(swept_mac(number))}")
                response = connection.getresponse()
                body = response.read()
            except (OSError, HTTPException):
                connection.close()
                spoils.lost += 1
            else:
                spoils.statuses[response.status] += 1
                spoils.registrations += b"reg.1.auth.password" in body
                spoils.lines += LINE_SECRET in body
            advance()
    return spoils


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MACS))
