import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_worker.errors import SpoolUnavailable
from autoprov_worker.spool import SpoolWriter
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC
from tests.registrar_plugin.registrations import eventually

ASSIGNED = SpoolEntry(PhoneState.ASSIGNED, 1, {"0004f2abcdef.cfg": b"<x/>\n"})
UNASSIGNED = SpoolEntry(PhoneState.UNASSIGNED)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state" / "spool"


@pytest.fixture
def spool(directory: Path) -> SpoolWriter:
    return SpoolWriter(directory)


def test_an_entry_reads_as_it_was_written(spool: SpoolWriter) -> None:
    spool.write(MAC, ASSIGNED)
    assert spool.read(MAC) == ASSIGNED


def test_a_phone_without_an_entry_reads_as_none(spool: SpoolWriter) -> None:
    assert spool.read(MAC) is None


def test_files_are_for_owner_and_group_whatever_the_umask(directory: Path) -> None:
    before = os.umask(0)
    try:
        spool = SpoolWriter(directory)
        spool.write(MAC, ASSIGNED)
        spool.write_snapshot_time(NOON)
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o750
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"0004f2abcdef.phone": 0o640, "snapshot": 0o640, ".lock": 0o600}


def test_an_unchanged_entry_is_not_written_again(spool: SpoolWriter, directory: Path) -> None:
    assert spool.write(MAC, ASSIGNED)
    inode = (directory / "0004f2abcdef.phone").stat().st_ino
    assert not spool.write(MAC, ASSIGNED)
    assert (directory / "0004f2abcdef.phone").stat().st_ino == inode


def test_a_changed_entry_takes_the_old_ones_place(spool: SpoolWriter) -> None:
    spool.write(MAC, UNASSIGNED)
    assert spool.write(MAC, ASSIGNED)
    assert spool.read(MAC) == ASSIGNED


def test_a_removed_phone_is_a_stranger(spool: SpoolWriter) -> None:
    spool.write(MAC, UNASSIGNED)
    spool.remove(MAC)
    spool.remove(MAC)
    assert spool.read(MAC) is None


def test_the_phones_that_have_an_entry_are_listed_and_nothing_else(spool: SpoolWriter, directory: Path) -> None:
    spool.write(MAC, UNASSIGNED)
    spool.write(OTHER_MAC, ASSIGNED)
    spool.write_snapshot_time(NOON)
    (directory / "readme.txt").write_text("not ours")
    assert spool.macs() == {MAC, OTHER_MAC}


def test_a_damaged_entry_reads_as_an_assigned_phones(spool: SpoolWriter, directory: Path) -> None:
    spool.write(MAC, UNASSIGNED)
    (directory / "0004f2abcdef.phone").write_bytes(b"autoprov-spool 1\nstate unass")
    found = spool.read(MAC)
    assert found is not None
    assert found.state == PhoneState.ASSIGNED


def test_what_a_killed_writer_left_behind_is_overwritten(spool: SpoolWriter, directory: Path) -> None:
    (directory / ".0004f2abcdef.phone.new").write_bytes(b"autoprov-sp" * 1000)
    spool.write(MAC, UNASSIGNED)
    assert spool.read(MAC) == UNASSIGNED
    assert sorted(path.name for path in directory.iterdir()) == ["0004f2abcdef.phone"]


def test_the_snapshots_time_is_in_unix_seconds(spool: SpoolWriter, directory: Path) -> None:
    spool.write_snapshot_time(NOON)
    assert int((directory / "snapshot").read_text()) == NOON.timestamp()


def test_a_spool_that_vanished_is_said(spool: SpoolWriter, directory: Path) -> None:
    shutil.rmtree(directory)
    with pytest.raises(SpoolUnavailable, match=r"state/spool/.*No such file or directory"):
        spool.write(MAC, UNASSIGNED)
    with pytest.raises(SpoolUnavailable):
        spool.macs()
    with pytest.raises(SpoolUnavailable), spool.locked():
        pass


def test_a_file_in_the_place_of_the_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("in the way")
    with pytest.raises(SpoolUnavailable, match="a file stands where a directory is wanted"):
        SpoolWriter(tmp_path / "spool")


HOLDER = """
import sys
from pathlib import Path
from autoprov_worker.spool import SpoolWriter
with SpoolWriter(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    sys.stdin.readline()
    (Path(sys.argv[1]) / "said").write_text("first")
"""


def test_who_wants_the_lock_waits_for_the_process_that_has_it(spool: SpoolWriter, directory: Path) -> None:
    arguments = [sys.executable, "-c", HOLDER, str(directory)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        holder.stdin.write("go\n")
        holder.stdin.flush()
        with spool.locked():
            assert (directory / "said").read_text() == "first"


def test_who_waits_long_for_the_lock_says_so_once_while_it_waits(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = SpoolWriter(directory, patience=timedelta(milliseconds=50))
    arguments = [sys.executable, "-c", HOLDER, str(directory)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "locked\n"
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(spool.write_snapshot_time, NOON)
            assert eventually(lambda: caplog.records != [])
            assert not waiting.done()
            holder.stdin.write("go\n")
            holder.stdin.flush()
            waiting.result()
    assert [record.message for record in caplog.records] == [
        "spool is locked for long, we wait; see who holds it (fuser)"
    ]
    assert caplog.records[0].__dict__["file"] == str(directory / ".lock")


def test_a_short_wait_for_the_lock_is_not_worth_a_word(spool: SpoolWriter, caplog: pytest.LogCaptureFixture) -> None:
    with ThreadPoolExecutor(2) as both:
        list(both.map(spool.write_snapshot_time, [NOON] * 50))
    assert caplog.records == []
