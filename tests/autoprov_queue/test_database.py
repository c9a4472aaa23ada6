import logging
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from autoprov_queue.database import Database
from autoprov_queue.errors import QueueBroken, QueueSchemaError, QueueUnavailable
from autoprov_queue.store import PhoneQueue
from autoprov_queue.tables import SCHEMA_VERSION, schema
from tests.autoprov_queue.values import MAC, HandClock, detected, nth_mac

IMPATIENT = timedelta(milliseconds=50)
INTACT_BYTES = 8 * 4096
"""The pages of an SQLite file that its opening looks at."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'queue.sqlite'}"


def test_the_file_and_its_companions_are_for_their_owner_alone(queue: PhoneQueue, tmp_path: Path) -> None:
    queue.put([detected()])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"queue.sqlite": 0o600, "queue.sqlite-wal": 0o600, "queue.sqlite-shm": 0o600}


def test_what_was_put_is_there_after_a_restart(url: str, clock: HandClock) -> None:
    for _start in range(2):
        queue = PhoneQueue(url, clock=clock)
        queue.put([detected()])
        queue.close()
    queue = PhoneQueue(url, clock=clock)
    assert [entry.phone for entry in queue.entries()] == [detected()]
    queue.close()


def test_a_locked_database_is_unavailable_to_writers_and_names_the_file(queue: PhoneQueue, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "queue.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(QueueUnavailable, match=r"queue\.sqlite: locked by another"):
        queue.put([detected()])
    assert queue.entries() == []
    other.execute("ROLLBACK")
    other.close()
    queue.put([detected()])
    assert len(queue.entries()) == 1


def test_a_full_disk_is_said_and_heals(queue: PhoneQueue, url: str) -> None:
    database = Database(url, busy_timeout=IMPATIENT)
    with database.writing() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(QueueUnavailable, match="the disk is full; make room"), database.writing() as connection:
        connection.execute(insert(schema), [{"version": number + 100} for number in range(10_000)])
    database.close()
    queue.put([detected()])
    assert len(queue.entries()) == 1


LIMITED = """
import resource, signal, sys
from datetime import UTC, datetime
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import detected, nth_mac
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
queue = PhoneQueue(sys.argv[1], clock=lambda: datetime.now(UTC))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    queue.put([detected(nth_mac(number)) for number in range(5000)])
except QueueUnavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
queue.put([detected(nth_mac(number)) for number in range(5000)])
print(len(queue.entries()))
"""


def test_a_file_that_may_not_grow_is_said_and_heals(url: str) -> None:
    run = subprocess.run([sys.executable, "-c", LIMITED, url], capture_output=True, text=True, check=True)
    [said, count] = run.stdout.splitlines()
    assert "the disk" in said
    assert count == "5000"


def test_a_missing_directory_is_said(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(QueueUnavailable, match=r"nowhere/queue\.sqlite: No such file or directory; see that"):
        PhoneQueue(f"sqlite:///{tmp_path / 'nowhere' / 'queue.sqlite'}", clock=clock)


def test_a_directory_in_place_of_the_file_is_said(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(QueueUnavailable, match="a directory stands where the file should be"):
        PhoneQueue(f"sqlite:///{tmp_path}", clock=clock)


def test_a_directory_that_vanishes_is_said_and_heals(tmp_path: Path, clock: HandClock) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    queue = PhoneQueue(f"sqlite:///{folder / 'queue.sqlite'}", clock=clock)
    queue.put([detected()])
    shutil.rmtree(folder)
    with pytest.raises(QueueUnavailable, match="No such file or directory"):
        queue.put([detected()])
    folder.mkdir()
    queue.put([detected(nth_mac(1))])
    assert [entry.phone.tag.mac for entry in queue.entries()] == [nth_mac(1)]
    queue.close()


def test_a_file_that_was_moved_away_is_made_anew(queue: PhoneQueue, tmp_path: Path) -> None:
    queue.put([detected()])
    (tmp_path / "queue.sqlite").rename(tmp_path / "queue.old")
    queue.put([detected(nth_mac(1))])
    assert [entry.phone.tag.mac for entry in queue.entries()] == [nth_mac(1)]


def test_another_programs_file_is_said_to_be_no_database(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "queue.sqlite").write_text("shopping list: eggs, flour, milk\n" * 100)
    with pytest.raises(QueueUnavailable, match="not a database"):
        PhoneQueue(f"sqlite:///{tmp_path / 'queue.sqlite'}", clock=clock)


def test_a_read_only_database_is_said(queue: PhoneQueue, url: str) -> None:
    database = Database(url, busy_timeout=IMPATIENT)
    with database.reading() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    with pytest.raises(QueueUnavailable, match="read-only; give this user the right"), database.writing() as connection:
        connection.execute(text("DELETE FROM autoprov_phones"))
    database.close()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.__dict__["reason"] for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_damaged_database_is_an_error_that_is_said_once_until_the_file_is_moved_away(
    url: str, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = PhoneQueue(url, clock=clock)
    queue.put([detected(nth_mac(number)) for number in range(500)])
    queue.close()
    file = tmp_path / "queue.sqlite"
    with file.open("r+b") as damaged:
        damaged.seek(INTACT_BYTES)
        damaged.write(b"\xa5" * (file.stat().st_size - INTACT_BYTES))
    queue = PhoneQueue(url, clock=clock)
    for _ in range(3):
        with pytest.raises(QueueBroken, match="damaged; move the file away, a new one is made"):
            queue.put([detected()])
        with pytest.raises(QueueBroken, match="damaged"):
            queue.entries()
    words = "damaged; move the file away, a new one is made and the phones fill it by registering"
    assert errors(caplog) == [f"{file}: {words}"]
    file.rename(tmp_path / "damaged.sqlite")
    queue.put([detected()])
    assert [entry.phone for entry in queue.entries()] == [detected()]
    queue.close()


def test_a_read_only_database_is_an_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(url, busy_timeout=IMPATIENT)
    with database.reading() as connection:
        connection.execute(text("PRAGMA query_only = ON"))
    for _ in range(3):
        with pytest.raises(QueueBroken), database.writing() as connection:
            connection.execute(text("DELETE FROM autoprov_phones"))
    database.close()
    (said,) = errors(caplog)
    assert said.endswith("read-only; give this user the right to write to the file and its directory")


def test_a_locked_database_is_no_error_for_it_passes(
    queue: PhoneQueue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = sqlite3.connect(tmp_path / "queue.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(QueueUnavailable, match="locked") as caught:
        queue.put([detected()])
    other.close()
    assert not isinstance(caught.value, QueueBroken)
    assert errors(caplog) == []


def test_a_newer_programs_database_is_refused(url: str, clock: HandClock) -> None:
    PhoneQueue(url, clock=clock).close()
    database = Database(url, busy_timeout=IMPATIENT)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM autoprov_schema"))
        connection.execute(insert(schema).values(version=SCHEMA_VERSION + 1))
    database.close()
    with pytest.raises(QueueSchemaError, match="made by a newer autoprov"):
        PhoneQueue(url, clock=clock)


def test_an_error_of_the_program_is_not_taken_for_an_outage(url: str) -> None:
    database = Database(url, busy_timeout=IMPATIENT)
    with pytest.raises(Exception, match="no such column"), database.reading() as connection:
        connection.execute(text("SELECT nonsense FROM autoprov_phones"))
    database.close()


def test_readers_do_not_wait_for_a_writer(queue: PhoneQueue, url: str) -> None:
    queue.put([detected()])
    database = Database(url, busy_timeout=IMPATIENT)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM autoprov_phones"))
        assert queue.find(MAC) is not None
    database.close()


OPENER = """
import sys
from datetime import UTC, datetime
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import detected, nth_mac
sys.stdin.readline()
queue = PhoneQueue(sys.argv[1], clock=lambda: datetime.now(UTC))
queue.put([detected(nth_mac(int(sys.argv[2])))])
queue.close()
"""


def test_processes_that_start_together_make_one_database(url: str, clock: HandClock) -> None:
    starts = [
        subprocess.Popen([sys.executable, "-c", OPENER, url, str(number)], stdin=subprocess.PIPE, text=True)
        for number in range(6)
    ]
    for process in starts:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
    assert [process.wait(60) for process in starts] == [0] * 6
    queue = PhoneQueue(url, clock=clock)
    assert len(queue.entries()) == 6
    queue.close()
