"""The site that ``bench.sweep`` sweeps, as a process of its own: our HTTP server over a spool with a few known phones.

It says its port in a line. A line on its standard input gives every known phone a line and closes discovery, which it
answers with a line; the end of the input ends it.
"""

import logging
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from autoprov.compile_site import site_file, write_site
from autoprov.demo.site import demo_settings
from autoprov.http.server import HttpServer
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import line_file_name, master_file_name
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web.discovery import CLOSED
from autoprov_web.fetch_report import FetchReport, append_report
from autoprov_web.site import Site
from autoprov_web.wsgi import create_wsgi_app
from autoprov_worker.spool import SpoolWriter

INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.2"
MACS = 2**16
LINE_SECRET = b"s3cret-of-a-line"
_NEAR, _FAR = range(0, 100, 10), 200


def swept_mac(number: int) -> MacAddress:
    """One of the ``MACS`` that are swept."""
    return MacAddress(f"0004f2ab{number:04x}")


def main(folder: Path, discovery: str, macs_per_hour: int, requests_per_minute: int) -> None:
    """Serve with these limits; only ``INSIDE`` may ask."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    settings = demo_settings(folder)
    access = replace(
        settings.access,
        networks=(f"{INSIDE}/32",),
        discovery=discovery,
        macs_per_hour=macs_per_hour,
        requests_per_minute=requests_per_minute,
    )
    settings = replace(settings, access=access)
    spool = SpoolWriter(settings.spool_directory)
    _fill_spool(spool, assigned_only=False)
    write_site(settings, now=datetime.now(UTC))
    app = create_wsgi_app(str(site_file(settings)), clock=time.time, report=_report)
    server = HttpServer(app, host="127.0.0.1", port=0, name="web", judges_proxies=True)
    server.start()
    _say(str(server.port))
    while sys.stdin.readline():
        _move_in(settings, spool)
        _say("all have a line")
    server.stop()


def _move_in(settings: Settings, spool: SpoolWriter) -> None:
    _fill_spool(spool, assigned_only=True)
    closed = replace(settings, access=replace(settings.access, discovery=CLOSED))
    write_site(closed, now=datetime.now(UTC))


def _fill_spool(spool: SpoolWriter, *, assigned_only: bool) -> None:
    """Phones without and with a line in turn, somewhere among those that are swept and among the first hundred."""
    chance = Random(4)  # noqa: S311 - chance, not secrecy
    numbers = [*_NEAR, *chance.sample(range(100, MACS), _FAR)]
    with spool.locked():
        for place, number in enumerate(numbers):
            mac = swept_mac(number)
            files = {master_file_name(mac): LINE_SECRET, line_file_name(mac): LINE_SECRET}
            is_assigned = assigned_only or place % 2
            spool.write(
                mac, SpoolEntry(PhoneState.ASSIGNED, 0, files) if is_assigned else SpoolEntry(PhoneState.UNASSIGNED)
            )
    spool.write_snapshot_time(datetime.now(UTC))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _report(site: Site, report: FetchReport) -> None:
    append_report(site.directory, report)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
