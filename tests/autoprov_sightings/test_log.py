import logging
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting, Stage, TurnedAway
from autoprov_sightings.table import Bounds

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
MAC = MacAddress("0004f2abcdef")
OTHER_MAC = MacAddress("64167f000001")


def sighting(
    mac: MacAddress | None = MAC, *, minute: int = 0, stage: Stage = Stage.FETCH, detail: str = ""
) -> Sighting:
    return Sighting(mac, NOON + timedelta(minutes=minute), stage, "served", detail, "192.168.7.31")


@contextmanager
def logging_into(path: Path, *, bounds: Bounds | None = None, mailbox_size: int = 10_000) -> Generator[SightingsLog]:
    log = SightingsLog(path, bounds=bounds, mailbox_size=mailbox_size, busy_timeout=timedelta(milliseconds=50))
    log.start()
    try:
        yield log
    finally:
        log.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sightings.sqlite"


def soon(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "did not come true in 20 s"
        time.sleep(0.02)


def written(path: Path, *sightings: Sighting, bounds: Bounds | None = None) -> SightingsLog:
    """A log into which these went, closed: it still reads."""
    with logging_into(path, bounds=bounds) as log:
        for one in sightings:
            log.saw(one)
    return log


def test_what_was_seen_comes_out_as_it_went_in_the_newest_first(path: Path) -> None:
    first = sighting(detail="000000000000.cfg")
    second = sighting(minute=1, stage=Stage.REGISTER)
    assert written(path, first, second).timeline(MAC) == [second, first]


def test_a_timeline_is_no_longer_than_asked_for(path: Path) -> None:
    log = written(path, *(sighting(minute=minute) for minute in range(9)))
    assert [one.at.minute for one in log.timeline(MAC, limit=3)] == [8, 7, 6]


def test_a_timeline_is_of_one_phone(path: Path) -> None:
    log = written(path, sighting(), sighting(OTHER_MAC), sighting(None))
    assert log.timeline(OTHER_MAC) == [sighting(OTHER_MAC)]


def test_a_moment_of_another_zone_comes_out_as_the_same_moment(path: Path) -> None:
    at = NOON.astimezone()
    [seen] = written(path, Sighting(MAC, at, Stage.FETCH, "served")).timeline(MAC)
    assert (seen.at, seen.at.tzinfo) == (at, UTC)


def test_a_phone_was_last_seen_when_it_last_fetched_or_registered(path: Path) -> None:
    log = written(
        path,
        sighting(minute=1),
        sighting(minute=2, stage=Stage.REGISTER),
        sighting(minute=3, stage=Stage.CONFIG),
        sighting(minute=4, stage=Stage.RESYNC),
    )
    assert log.last_seen([MAC, OTHER_MAC]) == {MAC: NOON + timedelta(minutes=2)}


def test_it_tells_since_when_it_is_kept(path: Path) -> None:
    assert SightingsLog(path).begins_at() is None
    assert written(path, sighting(minute=0), sighting(OTHER_MAC, minute=1)).begins_at() == NOON


def test_phones_are_found_by_how_a_detail_begins(path: Path) -> None:
    log = written(
        path,
        sighting(MAC, detail="ID KTM4PX, a.cfg"),
        sighting(MAC, detail="ID KTM4PX, b.cfg"),
        sighting(OTHER_MAC, detail="ID KTM4PXX, a.cfg"),
        sighting(None, detail="ID KTM4PX, a.cfg"),
    )
    assert log.macs_with("ID KTM4PX, ") == {MAC}
    assert log.macs_with("ID ") == {MAC, OTHER_MAC}


def test_ten_thousand_phones_can_be_asked_for_at_once(path: Path) -> None:
    log = written(path, sighting())
    macs = [MacAddress(f"{number:012x}") for number in range(10_000)]
    assert log.last_seen([*macs, MAC]) == {MAC: NOON}


def test_what_was_seen_before_the_start_is_written_after_it(path: Path) -> None:
    log = SightingsLog(path)
    log.saw(sighting())
    log.start()
    log.close()
    assert log.timeline(MAC) == [sighting()]


def test_one_phone_cannot_fill_the_disk(path: Path) -> None:
    many = [sighting(minute=minute) for minute in range(50)]
    log = written(path, sighting(OTHER_MAC), *many, bounds=Bounds(of_one_phone=10))
    assert [one.at.minute for one in log.timeline(MAC, limit=1000)] == list(range(49, 39, -1))
    assert len(log.timeline(OTHER_MAC)) == 1


def test_many_phones_cannot_fill_the_disk(path: Path) -> None:
    macs = [MacAddress(f"{number:012x}") for number in range(50)]
    log = written(path, *(sighting(mac) for mac in macs), bounds=Bounds(in_all=10))
    assert sorted(log.last_seen(macs)) == macs[-10:]


def test_long_and_wild_texts_are_cut_and_tamed(path: Path) -> None:
    wild = Sighting(MAC, NOON, Stage.FETCH, "v" * 999, "a\x1b[2J\nb\ud800\u202ec" + "d" * 999, "é" * 999)
    [seen] = written(path, wild).timeline(MAC)
    assert seen.detail.startswith("a?[2J?b??cddd")
    assert (len(seen.verdict), len(seen.detail), len(seen.address)) == (60, 300, 64)


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    with logging_into(path) as log:
        log.saw(sighting())
        soon(lambda: bool(log.timeline(MAC)))
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_locked_file_delays_and_loses_nothing(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    written(path)
    SightingsLog(path).timeline(MAC)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with logging_into(path) as log:
        log.saw(sighting())
        soon(lambda: "sightings cannot be written now" in caplog.messages)
        other.execute("ROLLBACK")
        soon(lambda: log.timeline(MAC) == [sighting()])
        assert log.lost == 0
    other.close()


def test_a_vanished_directory_heals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    with logging_into(folder / "sightings.sqlite") as log:
        log.saw(sighting())
        soon(lambda: bool(log.timeline(MAC)))
        soon(lambda: not (folder / "sightings.sqlite-wal").exists())
        shutil.rmtree(folder)
        log.saw(sighting(minute=1))
        soon(lambda: "sightings cannot be written now" in caplog.messages)
        folder.mkdir()
        soon(lambda: log.timeline(MAC) == [sighting(minute=1)])


def test_what_cannot_be_read_is_an_outage_and_not_an_empty_timeline(tmp_path: Path) -> None:
    log = SightingsLog(tmp_path / "nowhere" / "sightings.sqlite")
    with pytest.raises(SightingsUnavailable, match="nowhere"):
        log.timeline(MAC)
    with pytest.raises(SightingsUnavailable):
        log.last_seen([MAC])


def test_a_full_mailbox_loses_counts_and_reports_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    log = SightingsLog(path, mailbox_size=2)
    for minute in range(5):
        log.saw(sighting(minute=minute))
    assert log.lost == 3
    log.start()
    log.close()
    assert [record.__dict__["count"] for record in caplog.records if record.message == "sightings were lost"] == [3]
    assert len(log.timeline(MAC)) == 2


def test_a_close_while_the_file_cannot_be_written_ends_and_counts(tmp_path: Path) -> None:
    log = SightingsLog(tmp_path / "nowhere" / "sightings.sqlite")
    log.start()
    log.saw(sighting())
    log.close()
    assert log.lost == 1


def test_an_error_of_the_program_ends_neither_caller_nor_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with logging_into(path) as log:
        log.saw(Sighting(MAC, NOON.replace(tzinfo=None), Stage.FETCH, "naive"))
        soon(lambda: log.lost == 1)
        log.saw(sighting())
        soon(lambda: log.timeline(MAC) == [sighting()])
    assert "sightings dropped, the program is at fault" in caplog.messages


def test_an_outage_is_said_once_and_so_is_its_end(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    written(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with logging_into(path) as log:
        log.saw(sighting())
        time.sleep(2.5)  # it is tried every second
        other.execute("ROLLBACK")
        soon(lambda: log.timeline(MAC) == [sighting()])
        log.saw(sighting(minute=1))
    other.close()
    said = [(record.levelno, record.message) for record in caplog.records]
    assert said == [
        (logging.WARNING, "sightings cannot be written now"),
        (logging.INFO, "sightings are written again"),
    ]


def test_a_damaged_file_is_an_error_that_moving_it_away_mends(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"not a database at all" * 1000)
    with logging_into(path) as log:
        log.saw(sighting())
        soon(lambda: bool(caplog.records))
        path.rename(path.with_suffix(".damaged"))
        soon(lambda: log.timeline(MAC) == [sighting()])
    [said] = caplog.records
    assert (said.levelno, said.message) == (
        logging.ERROR,
        "sightings file is damaged: move it away, a new one is made",
    )


def test_who_was_turned_away_is_counted_by_verdict_address_and_phone(path: Path) -> None:
    with logging_into(path) as log:
        for minute in (0, 5, 6):
            log.saw(Sighting(MAC, NOON + timedelta(minutes=minute), Stage.FETCH, "503: later", "", "192.168.7.31"))
        log.saw(Sighting(None, NOON + timedelta(minutes=5), Stage.FETCH, "503: later", "", "192.168.7.32"))
        log.saw(sighting(minute=5))
        log.saw(sighting(minute=5, stage=Stage.REGISTER))
    found = log.turned_away(["503: later", "404: outside"], since=NOON + timedelta(minutes=5))
    assert found == [
        TurnedAway("503: later", "192.168.7.31", MAC, 2),
        TurnedAway("503: later", "192.168.7.32", None, 1),
    ]


def test_a_file_that_was_moved_away_is_made_anew_however_busy_the_log_is(path: Path) -> None:
    with logging_into(path) as log:
        log.saw(sighting())
        soon(lambda: bool(log.timeline(MAC)))
        path.rename(path.with_name("moved"))

        def is_written_anew() -> bool:
            log.saw(sighting(OTHER_MAC))
            return bool(log.timeline(OTHER_MAC))

        soon(is_written_anew)
