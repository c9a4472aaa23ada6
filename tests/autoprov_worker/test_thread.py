import logging
import shutil
import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from autoprov_phones.spool_entry import PhoneState
from autoprov_queue.entry import EntryState
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_worker.thread import DrainingThread
from autoprov_worker.worker import Worker
from sipxconfig_server.records import PhoneRecord
from tests.autoprov_queue.values import MAC, detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site, new_client
from tests.peers.faulty_http import Fault

HOUR = timedelta(hours=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def soon(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "did not come true in 20 s"
        time.sleep(0.01)


@pytest.fixture
def queue(site: Site) -> Generator[PhoneQueue]:
    """A queue of its own over the site's file, by the clock on the wall."""
    with closing(PhoneQueue(site.queue_url, clock=utc_now, busy_timeout=timedelta(milliseconds=100))) as opened:
        yield opened


@contextmanager
def draining(site: Site, queue: PhoneQueue, *, snapshot_every: timedelta = HOUR) -> Generator[None]:
    worker = Worker(queue, site.client, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: 0.0)
    thread = DrainingThread(worker, queue, snapshot_every=snapshot_every, clock=utc_now)
    thread.start()
    try:
        yield
    finally:
        thread.stop()


def are_created(queue: PhoneQueue, number: int) -> bool:
    return queue.counts()[EntryState.CREATED] == number


def is_created(queue: PhoneQueue) -> bool:
    return are_created(queue, 1)


def test_a_snapshot_is_taken_at_once(site: Site, queue: PhoneQueue) -> None:
    site.add_phone()
    with draining(site, queue):
        soon(lambda: site.snapshot_time() is not None)
    assert site.spool.macs() == {MAC}


def test_snapshots_follow_at_their_interval(site: Site, queue: PhoneQueue) -> None:
    with draining(site, queue, snapshot_every=timedelta(milliseconds=1)):
        soon(lambda: site.snapshot_time() is not None)
        site.add_phone()
        soon(lambda: site.spool.macs() == {MAC})


def test_a_phone_of_its_own_process_is_created_at_once(site: Site, queue: PhoneQueue) -> None:
    with draining(site, queue):
        soon(lambda: site.snapshot_time() is not None)
        started = time.monotonic()
        for number in range(5):  # each after the former, so that five looks a second apart would take four seconds
            queue.put([detected(nth_mac(number))])
            soon(partial(are_created, queue, number + 1))
            time.sleep(0.1)
    assert time.monotonic() - started < 3


def test_a_phone_of_another_process_is_found_within_a_second(site: Site, queue: PhoneQueue) -> None:
    with draining(site, queue):
        soon(lambda: site.snapshot_time() is not None)
        site.queue.put([detected()])  # tells only who listens to this queue object
        started = time.monotonic()
        soon(lambda: is_created(queue))
    assert time.monotonic() - started < 2.5  # a second to see it, the rest for a busy machine


def test_an_assignment_is_followed(site: Site, queue: PhoneQueue) -> None:
    with draining(site, queue):
        queue.put([detected()])
        soon(lambda: is_created(queue))
        site.assign()
        queue.order(OrderKind.FOLLOW, MAC)
        soon(lambda: [order.kind for order in queue.pending_orders()] == [OrderKind.RESYNC])
    spooled = site.spooled()
    assert spooled is not None
    assert spooled.state == PhoneState.ASSIGNED


def test_a_config_system_that_is_down_at_the_start_is_tried_again(site: Site, queue: PhoneQueue) -> None:
    site.proxy.faults.append(Fault.RESET_BEFORE)
    with draining(site, queue):
        soon(lambda: site.snapshot_time() is not None)
    assert site.proxy.counts[Fault.RESET_BEFORE] == 1


def test_a_locked_queue_is_reported_once_and_heals_and_that_is_said(
    site: Site, queue: PhoneQueue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site.queue.put([detected()])
    other = sqlite3.connect(site.folder / "queue.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with draining(site, queue):
        soon(lambda: "queue is unavailable, phones must wait" in caplog.messages)
        time.sleep(1.5)
        other.execute("ROLLBACK")
        soon(lambda: is_created(queue))
        soon(lambda: "queue is available again" in caplog.messages)
    other.close()
    assert caplog.messages.count("queue is unavailable, phones must wait") == 1
    assert caplog.messages.count("queue is available again") == 1


def test_a_vanished_spool_is_reported_and_heals(
    site: Site, queue: PhoneQueue, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(site.folder / "spool")
    with draining(site, queue):
        queue.put([detected()])
        soon(lambda: "phones must wait" in caplog.messages)
        (site.folder / "spool").mkdir()
        soon(lambda: is_created(queue))


def test_an_error_of_the_program_is_reported_and_does_not_end_the_thread(
    site: Site, queue: PhoneQueue, caplog: pytest.LogCaptureFixture
) -> None:
    with draining(site, queue):
        soon(lambda: site.snapshot_time() is not None)
        tables = sqlite3.connect(site.folder / "queue.sqlite")
        tables.execute("ALTER TABLE autoprov_orders RENAME TO elsewhere")
        soon(lambda: "worker failed and goes on, please report this" in caplog.messages)
        tables.execute("ALTER TABLE elsewhere RENAME TO autoprov_orders")
        tables.close()
        queue.put([detected()])
        soon(lambda: is_created(queue))


def test_a_stop_does_not_wait_for_a_config_system_that_hangs_and_says_so(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.proxy.faults.append(Fault.SILENCE_BEFORE)
    worker = Worker(site.queue, site.client, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: 0.0)
    thread = DrainingThread(worker, site.queue, snapshot_every=HOUR, clock=utc_now)
    thread.start()
    soon(lambda: bool(site.proxy.requests))
    started = time.monotonic()
    thread.stop(timedelta(milliseconds=100))
    assert time.monotonic() - started < 5
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_the_wait_after_a_config_system_that_hangs_begins_when_we_gave_it_up(site: Site, queue: PhoneQueue) -> None:
    site.proxy.faults.append(Fault.SILENCE_BEFORE)
    second = timedelta(seconds=1)
    queue.put([detected()])
    with closing(new_client(f"{site.proxy.url}/sipxconfig", timeout=second)) as client:
        worker = Worker(queue, client, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: 0.0)
        assert worker.step(utc_now) == 1
    ended = utc_now()
    due_at = site.entry().due_at
    assert due_at is not None
    assert due_at > ended + 1.5 * second
    assert site.sightings[-1].at > ended - 0.5 * second


def test_a_stop_ends_a_long_snapshot(site: Site, queue: PhoneQueue) -> None:
    for number in range(1000):
        site.server.inventory.add_phone(PhoneRecord(nth_mac(number).hex, "polycomVVX410", None, None))
    with draining(site, queue):
        soon(lambda: len(site.proxy.requests) >= 2)
    assert site.snapshot_time() is None


def test_a_thread_that_never_started_can_be_stopped(site: Site, queue: PhoneQueue) -> None:
    DrainingThread(site.worker, site.queue, snapshot_every=HOUR, clock=utc_now).stop()


def test_a_phone_on_which_the_program_fails_is_refused_and_holds_up_nobody(
    site: Site, queue: PhoneQueue, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks_one(request: str) -> Fault:
        return Fault.STATUS_503 if MAC.hex in request else Fault.NONE

    def fails() -> float:
        raise RuntimeError("where a wait should be chosen")

    site.proxy.otherwise = breaks_one
    worker = Worker(queue, site.client, site.spool, SETTINGS, saw=site.sightings.append, jitter=fails)
    thread = DrainingThread(worker, queue, snapshot_every=HOUR, clock=utc_now)
    thread.start()
    queue.put([detected(), detected(nth_mac(1))])
    soon(lambda: queue.counts()[EntryState.REFUSED] == 1 and is_created(queue))
    thread.stop()
    assert site.entry().last_answer == "the program failed on this phone, see its log"
    assert caplog.messages.count("worker failed and goes on, please report this") == 1
