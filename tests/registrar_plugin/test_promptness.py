"""Nobody waits: not the registrar for its hook, not an order for the next look at the queue."""

import sqlite3
import time
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer
from registrar_plugin.resync.settling import ResyncThread
from tests.autoprov_queue.values import nth_mac
from tests.peers.polycom import USER
from tests.registrar_plugin.hosts.site import Site, StreamPhone, loopback
from tests.registrar_plugin.registrations import KEY, eventually, registration, tag

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_a_hook_with_a_full_mailbox_does_not_hold_its_caller() -> None:
    hook = RegistrarHook(
        autoprovision_user=USER,
        key=KEY,
        hand_over=lambda phones: None,
        retry_on=(),
        saw=lambda sighting: None,
        mailbox_size=1,
    )
    started = time.monotonic()
    for _ in range(1000):
        hook.take_action(registration())
    assert time.monotonic() - started < 1
    assert hook.counts.lost == 999


def test_phones_are_answered_while_somebody_holds_the_queues_lock_and_handed_over_afterwards(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "queue.db", isolation_level=None)
    with closing(PhoneQueue(f"sqlite:///{tmp_path / 'queue.db'}", clock=lambda: NOW)) as queue, closing(other):
        hook = RegistrarHook(
            autoprovision_user=USER,
            key=KEY,
            hand_over=queue.put,
            retry_on=(QueueUnavailable,),
            saw=lambda _: None,
            retry_after=timedelta(milliseconds=50),
        )
        hook.start()
        with Site(loopback(Transport.TCP), on_accepted=hook.take_action) as site:
            other.execute("BEGIN EXCLUSIVE")
            for number in range(30):
                with StreamPhone(site.at[0], display_name=str(tag(number))) as phone:
                    assert phone.register().startswith(b"SIP/2.0 200 ")
            assert eventually(lambda: hook.counts.taken == 30)
            assert hook.counts.handed_over == 0, "the lock is held all the time"
            other.execute("ROLLBACK")
            assert eventually(lambda: len(queue.entries()) == 30)
        hook.stop()


def test_an_order_of_this_process_is_carried_out_at_once(tmp_path: Path) -> None:
    seen: list[Sighting] = []
    yes: Future[CheckSyncAnswer] = Future()
    yes.set_result(Answered(200))
    with closing(PhoneQueue(f"sqlite:///{tmp_path / 'queue.db'}", clock=lambda: NOW)) as queue:
        thread = ResyncThread(queue=queue, send_check_sync=lambda mac: yes, saw=seen.append, clock=lambda: NOW)
        thread.start()
        time.sleep(0.2)  # it has found nothing to do and sleeps
        started = time.monotonic()
        for number in range(5):  # each after the former, so that five looks a second apart would take four seconds
            queue.order(OrderKind.RESYNC, nth_mac(number))
            assert eventually(lambda: queue.pending_orders() == [])
            time.sleep(0.1)
        took = time.monotonic() - started
        thread.stop()
    assert len(seen) == 5
    assert took < 3
