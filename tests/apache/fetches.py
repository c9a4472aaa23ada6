"""What is told of phones' requests: the reports beside a compiled site, which `autoprov up` reads."""

import time
from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_web.fetch_report import FETCHES_FILE_NAME, FetchReport

_PATIENCE_SECONDS = 20.0


def lines_told(directory: Path) -> list[bytes]:
    """All lines beside the site in *directory*, as they stand there."""
    file = directory / FETCHES_FILE_NAME
    return file.read_bytes().splitlines(keepends=True) if file.exists() else []


def reports_of(directory: Path, mac: MacAddress) -> list[FetchReport]:
    """What was told of *mac* until now; every line of the file is a whole one."""
    reports = [FetchReport.from_line(line) for line in lines_told(directory)]
    assert None not in reports
    return [report for report in reports if report is not None and report.mac == str(mac)]


def wait_for_reports(directory: Path, mac: MacAddress, count: int = 1) -> list[FetchReport]:
    """What was told of *mac*, once there are *count*: no phone waits until it is written."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while len(reports := reports_of(directory, mac)) < count:
        assert time.monotonic() < deadline, f"{len(reports)} reports of {mac}, not {count}"
        time.sleep(0.02)
    assert len(reports) == count
    return reports
