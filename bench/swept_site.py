"""The site that ``bench.sweep`` sweeps, as a process of its own: our HTTP server over a spool with a few known phones.

It says its port in a line and serves until its standard input is closed.
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
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import line_file_name, master_file_name
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web.fetch_report import FetchReport, append_report
from autoprov_web.site import Site
from autoprov_web.wsgi import create_wsgi_app
from autoprov_worker.spool import SpoolWriter

INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.2"
MACS = 2**16
LINE_SECRET = b"s3cret-of-a-line"
_KNOWN = 200


def swept_mac(number: int) -> MacAddress:
    """One of the ``MACS`` that are swept."""
    return MacAddress(f"0004f2ab{number:04x}")


def main(folder: Path, discovery: str) -> None:
    """Serve with the limits of a fresh installation; only ``INSIDE`` may ask."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    settings = demo_settings(folder)
    settings = replace(settings, access=replace(settings.access, networks=(f"{INSIDE}/32",), discovery=discovery))
    _fill_spool(SpoolWriter(settings.spool_directory))
    write_site(settings, now=datetime.now(UTC))
    app = create_wsgi_app(str(site_file(settings)), clock=time.time, report=_report)
    server = HttpServer(app, host="127.0.0.1", port=0, name="web", judges_proxies=True)
    server.start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


def _fill_spool(spool: SpoolWriter) -> None:
    """Phones without and with a line, somewhere among those that are swept and among the first hundred of them."""
    chance = Random(4)  # noqa: S311 - chance, not secrecy
    numbers = [*range(0, 100, 10), *chance.sample(range(100, MACS), _KNOWN)]
    with spool.locked():
        for place, number in enumerate(numbers):
            mac = swept_mac(number)
            files = {master_file_name(mac): LINE_SECRET, line_file_name(mac): LINE_SECRET}
            entry = SpoolEntry(PhoneState.ASSIGNED, 0, files) if place % 2 else SpoolEntry(PhoneState.UNASSIGNED)
            spool.write(mac, entry)
    spool.write_snapshot_time(datetime.now(UTC))


def _report(site: Site, report: FetchReport) -> None:
    append_report(site.directory, report)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
