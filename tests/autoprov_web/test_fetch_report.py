import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.fetch_reader import FetchReader, take_all
from autoprov_web.fetch_report import (
    FETCHES_FILE_NAME,
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    FetchReport,
    append_report,
)
from tests.autoprov_web.sites import MAC, NOW

REPORT = FetchReport(
    NOW,
    address="192.168.7.31",
    mac=str(MAC),
    name=f"{MAC}-registration.cfg",
    status=200,
    verdict="registration file",
    unique_id="PR7N97",
    user_agent="FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614",
)
LINE = REPORT.to_line()


def values(report: FetchReport | None) -> dict[str, object]:
    assert report is not None
    return {name: getattr(report, name) for name in FetchReport.__slots__}


def append_many(directory: str, count: int, sender: int) -> int:
    """In a process of its own: how many of *count* reports were written."""
    return sum(
        append_report(directory, FetchReport(NOW + n, address=str(sender), mac="", name="x", status=404, verdict="no"))
        for n in range(count)
    )


def test_a_report_is_a_line_and_reads_back() -> None:
    assert LINE.count(b"\n") == 1
    assert values(FetchReport.from_line(LINE)) == values(REPORT)


@given(*[st.text()] * 5, st.integers(100, 599))
def test_whatever_strangers_write_is_one_short_printable_line(
    address: str, name: str, verdict: str, agent: str, trouble: str, status: int
) -> None:
    report = FetchReport(
        NOW, address=address, mac="", name=name, status=status, verdict=verdict, user_agent=agent, trouble=trouble
    )
    line = report.to_line()
    assert line.endswith(b"\n")
    assert len(line) <= MAX_LINE_BYTES
    assert line[:-1].replace(b"\t", b"").decode("ascii").isprintable()
    assert values(FetchReport.from_line(line)) == values(report)


@given(st.binary())
def test_any_line_is_a_report_or_none(line: bytes) -> None:
    FetchReport.from_line(line)


def test_what_was_told_is_heard_once_and_in_order(tmp_path: Path) -> None:
    heard: list[FetchReport] = []
    reader = FetchReader(tmp_path, heard.append)
    for number in range(3):
        assert append_report(
            str(tmp_path), FetchReport(NOW + number, address="a", mac="", name="x", status=200, verdict="v")
        )
    assert (reader.read(), reader.read()) == (3, 0)
    assert [report.at for report in heard] == [NOW, NOW + 1, NOW + 2]


def test_a_damaged_line_costs_no_other(tmp_path: Path) -> None:
    heard: list[FetchReport] = []
    (tmp_path / FETCHES_FILE_NAME).write_bytes(LINE + b"half a li\n\xff\xfe\n" + LINE)
    FetchReader(tmp_path, heard.append).read()
    assert len(heard) == 2


def test_several_processes_tell_while_one_listens(tmp_path: Path) -> None:
    heard: list[FetchReport] = []
    reader = FetchReader(tmp_path, heard.append)
    with ProcessPoolExecutor(max_workers=3) as executor:
        told = [executor.submit(append_many, str(tmp_path), 500, sender) for sender in range(3)]
        while not all(future.done() for future in told):
            reader.read()
    assert [future.result() for future in told] == [500] * 3
    reader.read()
    for sender in range(3):
        assert [report.at - NOW for report in heard if report.address == str(sender)] == list(range(500))


def test_the_reading_thread_hears_until_it_is_stopped(tmp_path: Path) -> None:
    heard: list[FetchReport] = []
    reader = FetchReader(tmp_path, heard.append)
    reader.start()
    append_report(str(tmp_path), REPORT)
    reader.stop()
    assert len(heard) == 1


def test_the_file_is_made_for_the_web_servers_group(tmp_path: Path) -> None:
    take_all(tmp_path / FETCHES_FILE_NAME)
    assert (tmp_path / FETCHES_FILE_NAME).stat().st_mode & 0o777 == 0o660


def test_a_file_that_nobody_reads_does_not_grow_for_ever(tmp_path: Path) -> None:
    (tmp_path / FETCHES_FILE_NAME).write_bytes(LINE * (MAX_FILE_BYTES // len(LINE) + 1))
    assert not append_report(str(tmp_path), REPORT)


def test_where_nothing_can_be_written_no_phone_suffers(tmp_path: Path) -> None:
    assert not append_report(str(tmp_path / "nowhere"), REPORT)
    (tmp_path / FETCHES_FILE_NAME).mkdir()
    assert not append_report(str(tmp_path), REPORT)


def test_on_a_full_disk_the_report_is_lost_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / FETCHES_FILE_NAME).symlink_to("/dev/full")
    assert not append_report(str(tmp_path), REPORT)


def test_a_listener_that_was_stopped_while_it_empties_the_file_makes_nobody_wait(tmp_path: Path) -> None:
    program = (
        "import fcntl, os, sys, time\n"
        f"fd = os.open({str(tmp_path / FETCHES_FILE_NAME)!r}, os.O_RDWR | os.O_CREAT, 0o660)\n"
        "fcntl.flock(fd, fcntl.LOCK_EX); print('locked', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as stuck:
        try:
            assert stuck.stdout is not None
            assert stuck.stdout.readline() == b"locked\n"
            stuck.send_signal(signal.SIGSTOP)
            assert append_report(str(tmp_path), REPORT)
            assert take_all(tmp_path / FETCHES_FILE_NAME) == b""
        finally:
            stuck.kill()
    assert take_all(tmp_path / FETCHES_FILE_NAME) == LINE


def test_a_file_that_cannot_be_read_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FETCHES_FILE_NAME).mkdir()
    reader = FetchReader(tmp_path, lambda _: None)
    reader.start()
    reader.stop()
    assert [record.getMessage() for record in caplog.records] == ["fetches cannot be read"]


def test_whoever_makes_the_file_lets_the_group_write_it(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        append_report(str(tmp_path), REPORT)
    finally:
        os.umask(umask)
    assert (tmp_path / FETCHES_FILE_NAME).stat().st_mode & 0o777 == 0o660
