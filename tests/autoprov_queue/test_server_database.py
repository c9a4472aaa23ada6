"""What a database server can do to the queue that a file cannot."""

import logging
import re
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from autoprov_queue.database import Database
from autoprov_queue.errors import QueueBroken, QueueUnavailable
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.test_database import OPENER
from tests.autoprov_queue.values import MAC, HandClock, detected, nth_mac
from tests.peers.postgresql import PASSWORD, PostgreSql

IMPATIENT = timedelta(milliseconds=50)


@pytest.fixture
def url(server: PostgreSql) -> str:
    return server.fresh_url()


def test_a_server_that_is_started_again_is_used_again(queue: PhoneQueue, server: PostgreSql) -> None:
    queue.put([detected()])
    server.stop()
    server.start()
    queue.put([detected(nth_mac(1))])
    assert len(queue.entries()) == 2


def test_while_the_server_is_away_the_queue_is_unavailable_and_nothing_is_lost(
    queue: PhoneQueue, server: PostgreSql
) -> None:
    queue.put([detected()])
    server.die()
    try:
        with pytest.raises(QueueUnavailable, match="the database server does not answer") as caught:
            queue.put([detected(nth_mac(1))])
        assert not isinstance(caught.value, QueueBroken)
    finally:
        server.start()
    assert [entry.phone.tag.mac for entry in queue.entries()] == [MAC]


def test_a_server_that_goes_in_the_middle_of_a_transaction_takes_nothing_of_it(
    queue: PhoneQueue, url: str, server: PostgreSql
) -> None:
    queue.put([detected()])
    database = Database(url, busy_timeout=IMPATIENT)

    def empty_both_tables() -> None:
        with database.writing() as connection:
            connection.execute(text("DELETE FROM autoprov_phones"))
            server.die()
            server.start()
            connection.execute(text("DELETE FROM autoprov_orders"))

    with pytest.raises(QueueUnavailable):
        empty_both_tables()
    database.close()
    assert queue.find(MAC) is not None


def test_a_wrong_password_is_for_a_person_to_mend(url: str, clock: HandClock) -> None:
    with pytest.raises(QueueBroken, match=r"does not let us in; see the user name and secrets/queue-password"):
        PhoneQueue(url.replace(PASSWORD, "not-this"), clock=clock)


def test_a_missing_database_is_said(url: str, clock: HandClock) -> None:
    with pytest.raises(QueueBroken, match="no such database; create it"):
        PhoneQueue(url.replace("/postgres?", "/nowhere?"), clock=clock)


def test_another_kind_of_database_is_refused(clock: HandClock) -> None:
    with pytest.raises(QueueBroken, match="SQLite or PostgreSQL"):
        PhoneQueue("mysql://autoprov@127.0.0.1/autoprov", clock=clock)


def test_a_read_only_server_is_said_and_heals(url: str, clock: HandClock) -> None:
    PhoneQueue(url, clock=clock).close()
    engine = create_engine(url)
    with closing(PhoneQueue(url, clock=clock)) as queue:
        with engine.begin() as connection:
            connection.execute(text("ALTER DATABASE postgres SET default_transaction_read_only = on"))
        queue.close()  # so that the next connection is a new one
        with pytest.raises(QueueBroken, match="read-only; is this server a standby"):
            queue.put([detected()])
        with engine.begin() as connection:
            connection.execute(text("SET TRANSACTION READ WRITE"))
            connection.execute(text("ALTER DATABASE postgres RESET default_transaction_read_only"))
        queue.close()
        queue.put([detected()])
        assert len(queue.entries()) == 1
    engine.dispose()


def test_a_lock_that_another_node_holds_passes(queue: PhoneQueue, url: str) -> None:
    queue.put([detected()])
    engine = create_engine(url)
    with engine.begin() as other:
        other.execute(text("SELECT * FROM autoprov_phones FOR UPDATE")).all()
        with pytest.raises(QueueUnavailable, match="locked by another connection") as caught:
            queue.put([detected(contact_host="192.168.7.99")])
        assert not isinstance(caught.value, QueueBroken)
        assert queue.claim(limit=1, lease=timedelta(minutes=5)) == []  # stepped over
    engine.dispose()
    assert len(queue.claim(limit=1, lease=timedelta(minutes=5))) == 1


def test_the_password_stands_in_no_text_of_ours(
    queue: PhoneQueue, server: PostgreSql, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    queue.put([detected()])
    server.stop()
    try:
        with pytest.raises(QueueUnavailable) as caught:
            queue.put([detected()])
    finally:
        server.start()
    said = " ".join([queue.where, str(caught.value), *(str(vars(record)) for record in caplog.records)])
    assert re.search(r"autoprov:\*\*\*@127\.0\.0\.1", said)
    assert PASSWORD not in said


def test_nodes_that_start_together_make_the_tables_once(url: str, clock: HandClock) -> None:
    starts = [
        subprocess.Popen([sys.executable, "-c", OPENER, url, str(number)], stdin=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    for process in starts:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.close()
    assert [process.wait(60) for process in starts] == [0] * 4
    with closing(PhoneQueue(url, clock=clock)) as queue:
        assert len(queue.entries()) == 4
