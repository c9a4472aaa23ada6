"""Tells of what Apache serves from sipXecs' tftproot: a report for each line that Apache writes into this program.

    python3 -IB tftproot_fetches.py SITE USER

SITE is the compiled site, beside which the reports go. Apache starts this as root where it was itself; it goes on as
USER. A CustomLog straight into the reports' file would have root open a name in a directory that others may write.
"""

import os
import pwd
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from autoprov_phones.requested_file import read_file_name
from autoprov_web.access import OUTSIDE
from autoprov_web.fetch_report import FetchReport, append_report

_FIELDS = 5
_NOTHING = "-"
"""What Apache writes where there is nothing."""
_CHALLENGED = "401"
_NOT_FOUND = "404"
"""The file is there, or nothing would have been written: Apache's networks do not hold the address."""


def report_of(line: bytes) -> FetchReport | None:
    """The report of one line of autoprov-sipxecs.conf's LogFormat.

    None for a damaged one, and for a request that was asked for a password: it comes again with one. Apache has escaped
    what a phone wrote, tabs and line ends included; the report's own line has printable ASCII alone.
    """
    fields = line.decode("latin-1").rstrip("\n").split("\t")
    if len(fields) != _FIELDS:
        return None
    at, address, status, path, user_agent = fields
    if status == _CHALLENGED:
        return None
    asked = read_file_name(path.rpartition("/")[2])
    try:
        return FetchReport(
            float(at),
            address=address,
            mac="" if asked.mac is None else str(asked.mac),
            name=asked.name,
            status=int(status),
            verdict=OUTSIDE if status == _NOT_FOUND else "file of the tftproot",
            user_agent="" if user_agent == _NOTHING else user_agent,
        )
    except ValueError:
        return None


def become(user: str) -> None:
    """Go on as *user*, without a way back; where we are not root, we stay who we are.

    Raises:
        KeyError: there is no such user.
    """
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)


def tell(lines: Iterable[bytes], directory: str) -> None:
    """Append a report of each of *lines*; what cannot be written is lost, as everywhere: no phone waits for it."""
    for line in lines:
        if (report := report_of(line)) is not None:
            append_report(directory, report)


def main() -> None:
    """Read until no process of Apache is left that could write."""
    # Apache says SIGTERM at a restart, while requests of before are still being answered.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    site_file, user = sys.argv[1:]
    try:
        become(user)
    except KeyError:
        sys.exit(f"autoprov: fetches are not told of, there is no user {user}: Define AUTOPROV_APACHE_USER")
    tell(sys.stdin.buffer, str(Path(site_file).parent))


if __name__ == "__main__":
    main()
