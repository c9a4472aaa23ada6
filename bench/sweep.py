"""Who asks for the registration file of every MAC, and what that obtains: ``python -m bench.sweep [MACS]``.

From an allowed address, with discovery open and closed, and from an address outside of the networks. Afterwards every
phone of the site has a line and discovery is closed, and whoever swept asks once more, in the directories that the
registration files named. Ends with 1 where a sweep obtained more than it should, or, before that, anything of a phone
that has a line.
"""

import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.sweeper import Spoils, follow_up, sweep
from bench.swept_site import INSIDE, MACS, OUTSIDE

_MACS_PER_HOUR, _REQUESTS_PER_MINUTE = 50, 600
"""What a fresh installation lets one address ask for."""
_MOST_MACS_PER_HOUR, _MOST_REQUESTS_PER_MINUTE = 10_000, 1_000_000
"""What the settings can be raised to."""

_console = Console(highlight=False, emoji=False, width=120)


@dataclass(frozen=True, slots=True)
class Sweep:
    """From where, with discovery ``open`` or ``closed``, and how many registration files that may obtain."""

    what: str
    address: str
    discovery: str
    most: int
    macs_per_hour: int = _MACS_PER_HOUR
    requests_per_minute: int = _REQUESTS_PER_MINUTE


SWEEPS = (
    Sweep(
        "inside, open, limits raised",
        INSIDE,
        "open",
        _MOST_MACS_PER_HOUR,
        _MOST_MACS_PER_HOUR,
        _MOST_REQUESTS_PER_MINUTE,
    ),
    Sweep("inside, open", INSIDE, "open", _MACS_PER_HOUR),
    Sweep("inside, closed", INSIDE, "closed", 0),
    Sweep("outside, open", OUTSIDE, "open", 0),
)


@dataclass(slots=True)
class _Site:
    """A site of its own, so that each sweep begins with fresh limits."""

    port: int
    process: subprocess.Popen[str]

    def move_in(self) -> None:
        """Give every phone a line, and close discovery."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


def main(macs: int) -> int:
    """The exit code."""
    table = Table(
        "sweep", "answers", "registration files", "lines", "unanswered", "directories", "lines in them, later"
    )
    is_right = True
    for each in SWEEPS:
        with tempfile.TemporaryDirectory(prefix="sweep-") as name, _site(Path(name), each) as site:
            spoils = _sweep(each, site.port, macs)
            site.move_in()
            later = follow_up(each.address, site.port, spoils.tokens)
        answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(spoils.statuses.items()))
        counts = (spoils.registrations, spoils.lines, spoils.lost, len(spoils.tokens), later)
        table.add_row(each.what, answers, *(f"{count:,}" for count in counts))
        is_right = is_right and spoils.registrations <= each.most and not spoils.lines and not spoils.lost
    _console.print(table)
    return int(not is_right)


@contextmanager
def _site(folder: Path, swept: Sweep) -> Generator[_Site]:
    limits = (str(swept.macs_per_hour), str(swept.requests_per_minute))
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.swept_site", str(folder), swept.discovery, *limits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield _Site(int(process.stdout.readline()), process)
    finally:
        process.communicate()


def _sweep(each: Sweep, port: int, macs: int) -> Spoils:
    with Progress(console=_console) as progress:
        advance = partial(progress.advance, progress.add_task(each.what, total=macs))
        return sweep(each.address, port, macs, advance=advance)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MACS))
