import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_sightings.sighting import Sighting
from autoprov_web.fetch_log import FetchLog
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
    for number in (1, 2, 0):  # several processes write, each when it can
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


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"1772366400", b"1772361772366400"),  # cut short in its first field, and run into the next
        (b"1772366400.000", b"nan"),
        (b"1772366400.000", b"-1"),
        (b"\t0004f2abcdef\t", b"\t0004f2abcde\x1b\t"),
    ],
)
def test_a_line_that_cannot_be_told_of_costs_no_other(tmp_path: Path, right: bytes, wrong: bytes) -> None:
    seen: list[Sighting] = []
    assert right in LINE
    (tmp_path / FETCHES_FILE_NAME).write_bytes(LINE.replace(right, wrong, 1) + LINE)
    FetchReader(tmp_path, FetchLog(seen.append).note).read()
    assert [sighting.mac for sighting in seen] == [MAC]


def test_no_line_brings_a_terminal_its_escapes() -> None:
    report = FetchReport.from_line(LINE.replace(b"PR7N97", b"\x1b[2J"))
    assert report is not None
    assert report.unique_id == "?[2J"


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


def test_what_is_told_before_the_thread_ends_is_heard_whenever_it_is_stopped(tmp_path: Path) -> None:
    heard: list[FetchReport] = []
    reader = FetchReader(tmp_path, heard.append)
    reader.ask_to_stop()
    append_report(str(tmp_path), REPORT)
    reader.start()
    reader.stop()
    assert len(heard) == 1


def test_a_file_that_grew_for_long_is_taken_whole(tmp_path: Path) -> None:
    lines = LINE * (MAX_FILE_BYTES // len(LINE))
    (tmp_path / FETCHES_FILE_NAME).write_bytes(lines)
    assert take_all(tmp_path / FETCHES_FILE_NAME) == lines


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
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(LINE) + 10, hard))
    try:
        assert [append_report(str(tmp_path), REPORT) for _ in range(3)] == [True, False, False]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_link_leads_nobody_to_another_file(tmp_path: Path) -> None:
    other = tmp_path / "installation-key"
    other.write_bytes(LINE)
    other.chmod(0o600)
    (tmp_path / FETCHES_FILE_NAME).symlink_to(other)
    assert not append_report(str(tmp_path), REPORT)
    with pytest.raises(OSError, match="symbolic links"):
        take_all(tmp_path / FETCHES_FILE_NAME)
    assert (other.read_bytes(), other.stat().st_mode & 0o777) == (LINE, 0o600)


def test_nobody_waits_at_a_pipe_in_the_files_place(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FETCHES_FILE_NAME)
    assert not append_report(str(tmp_path), REPORT)
    assert take_all(tmp_path / FETCHES_FILE_NAME) == b""


def test_a_report_waits_for_the_moment_in_which_the_file_is_emptied(tmp_path: Path) -> None:
    with (tmp_path / FETCHES_FILE_NAME).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        began = time.monotonic()
        assert append_report(str(tmp_path), REPORT)
        assert time.monotonic() - began >= 0.02  # no sleep is ever shorter than was asked for


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
