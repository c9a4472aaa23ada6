import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import MAX_BYTES, SNAPSHOT_FILE_NAME, PhoneState, SpoolEntry, spool_file_name
from autoprov_web.spool_reader import (
    ENTRY_DAMAGED,
    FROM_THE_FUTURE,
    NO_SPOOL,
    NOT_REACHED,
    SNAPSHOT_DAMAGED,
    TOO_OLD,
    UNREADABLE,
    CannotTell,
    Known,
    Stranger,
    look_up,
)

MAC = MacAddress("0004f2abcdef")
NOW = 1_772_366_400.0
FRESH = NOW - 14 * 60
OLD = NOW - 16 * 60
ASSIGNED = SpoolEntry(PhoneState.ASSIGNED, 1, {"0004f2abcdef.cfg": b"<APPLICATION/>\n"})
UNASSIGNED = SpoolEntry(PhoneState.UNASSIGNED, 2)


def put_snapshot(spool: Path, taken_at: float) -> None:
    (spool / SNAPSHOT_FILE_NAME).write_text(f"{int(taken_at)}\n")


def put_entry(spool: Path, entry: SpoolEntry) -> None:
    (spool / spool_file_name(MAC)).write_bytes(entry.to_bytes())


def found(spool: Path) -> Known | Stranger | CannotTell:
    return look_up(str(spool), MAC, now=NOW, max_age=15 * 60)


def entry_of(spool: Path) -> SpoolEntry:
    knowledge = found(spool)
    assert isinstance(knowledge, Known)
    return knowledge.entry


def doubt(spool: Path) -> str:
    knowledge = found(spool)
    assert isinstance(knowledge, CannotTell)
    return knowledge.doubt


def test_without_an_entry_in_a_fresh_snapshot_the_phone_is_a_stranger(tmp_path: Path) -> None:
    put_snapshot(tmp_path, FRESH)
    assert isinstance(found(tmp_path), Stranger)


def test_another_snapshot_counts_at_once_and_one_that_is_gone_no_longer(tmp_path: Path) -> None:
    put_snapshot(tmp_path, OLD)
    assert doubt(tmp_path) == TOO_OLD
    new = tmp_path / "new"
    new.write_text(f"{int(FRESH)}\n")
    new.replace(tmp_path / SNAPSHOT_FILE_NAME)
    assert isinstance(found(tmp_path), Stranger)
    (tmp_path / SNAPSHOT_FILE_NAME).unlink()
    assert doubt(tmp_path) == NOT_REACHED


@pytest.mark.parametrize("entry", [ASSIGNED, UNASSIGNED])
def test_an_entry_holds_under_a_fresh_snapshot(tmp_path: Path, entry: SpoolEntry) -> None:
    put_snapshot(tmp_path, FRESH)
    put_entry(tmp_path, entry)
    assert entry_of(tmp_path) == entry


def test_without_an_entry_an_old_snapshot_does_not_make_a_stranger(tmp_path: Path) -> None:
    put_snapshot(tmp_path, OLD)
    assert doubt(tmp_path) == TOO_OLD


def test_an_unassigned_phone_of_an_old_snapshot_may_have_been_assigned_since(tmp_path: Path) -> None:
    put_snapshot(tmp_path, OLD)
    put_entry(tmp_path, UNASSIGNED)
    assert doubt(tmp_path) == TOO_OLD


def test_an_assigned_phone_stays_known_however_old_the_snapshot(tmp_path: Path) -> None:
    put_snapshot(tmp_path, OLD)
    put_entry(tmp_path, ASSIGNED)
    assert entry_of(tmp_path) == ASSIGNED


@pytest.mark.parametrize("snapshot", [None, b"", b"soon", b"-5", b"\xb2", b"1e9", b"9" * 12, b"9" * 400])
def test_an_assigned_phone_stays_known_whatever_the_snapshot_holds(tmp_path: Path, snapshot: bytes | None) -> None:
    if snapshot is not None:
        (tmp_path / SNAPSHOT_FILE_NAME).write_bytes(snapshot)
    put_entry(tmp_path, ASSIGNED)
    assert entry_of(tmp_path) == ASSIGNED


@pytest.mark.parametrize("snapshot", [b"", b"soon", b"-5", b"\xb2", b"1e9", b"9" * 12, b"9" * 400])
def test_a_damaged_snapshot_vouches_for_nothing(tmp_path: Path, snapshot: bytes) -> None:
    (tmp_path / SNAPSHOT_FILE_NAME).write_bytes(snapshot)
    assert doubt(tmp_path) == SNAPSHOT_DAMAGED


def test_before_the_first_snapshot_nobody_is_a_stranger(tmp_path: Path) -> None:
    assert doubt(tmp_path) == NOT_REACHED
    put_entry(tmp_path, UNASSIGNED)
    assert doubt(tmp_path) == NOT_REACHED


def test_a_missing_directory_is_named_as_such(tmp_path: Path) -> None:
    assert doubt(tmp_path / "nowhere") == NO_SPOOL


def test_a_clock_a_little_ahead_is_tolerated(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW + 59)
    assert isinstance(found(tmp_path), Stranger)


def test_a_snapshot_from_the_future_vouches_for_nothing(tmp_path: Path) -> None:
    put_snapshot(tmp_path, NOW + 62)
    assert doubt(tmp_path) == FROM_THE_FUTURE


@pytest.mark.parametrize(
    "damaged",
    [b"", ASSIGNED.to_bytes()[:-9], b"\x00" * 40, ASSIGNED.to_bytes() + b"x" * MAX_BYTES, b"autoprov-spool 2\n"],
)
def test_a_damaged_entry_may_have_been_an_assigned_phones(tmp_path: Path, damaged: bytes) -> None:
    put_snapshot(tmp_path, FRESH)
    (tmp_path / spool_file_name(MAC)).write_bytes(damaged)
    assert doubt(tmp_path) == ENTRY_DAMAGED


def test_an_entry_that_cannot_be_opened_may_be_an_assigned_phones(tmp_path: Path) -> None:
    put_snapshot(tmp_path, FRESH)
    (tmp_path / spool_file_name(MAC)).mkdir()
    assert doubt(tmp_path) == UNREADABLE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_entry_without_read_permission_may_be_an_assigned_phones(tmp_path: Path) -> None:
    put_snapshot(tmp_path, FRESH)
    put_entry(tmp_path, ASSIGNED)
    (tmp_path / spool_file_name(MAC)).chmod(0)
    assert doubt(tmp_path) == UNREADABLE


def test_a_snapshot_that_cannot_be_opened_vouches_for_nothing(tmp_path: Path) -> None:
    (tmp_path / SNAPSHOT_FILE_NAME).mkdir()
    assert doubt(tmp_path) == UNREADABLE


def test_a_snapshot_that_completes_during_the_look_does_not_vouch_for_what_was_there_before_it(tmp_path: Path) -> None:
    entry = tmp_path / spool_file_name(MAC)
    os.mkfifo(entry)  # its reader waits until the test writes
    with ThreadPoolExecutor(max_workers=1) as executor:
        look = executor.submit(found, tmp_path)
        with entry.open("wb") as slow:  # opens when the reader is there
            put_snapshot(tmp_path, FRESH)
            slow.write(UNASSIGNED.to_bytes())
        knowledge = look.result(timeout=10)
    assert isinstance(knowledge, CannotTell)
    assert knowledge.doubt == NOT_REACHED


def test_it_is_known_since_when_the_entry_says_what_it_says(tmp_path: Path) -> None:
    put_snapshot(tmp_path, FRESH)
    put_entry(tmp_path, ASSIGNED)
    os.utime(tmp_path / spool_file_name(MAC), (FRESH, FRESH))
    knowledge = found(tmp_path)
    assert isinstance(knowledge, Known)
    assert knowledge.changed_at == FRESH
