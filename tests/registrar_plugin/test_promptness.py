"""Nobody waits: not the registrar for its hook, not an order for the next look at the queue."""

import time
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting
from registrar_plugin.check_sync import Answered, CheckSyncAnswer
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.resync import ResyncThread
from tests.autoprov_queue.values import nth_mac
from tests.peers.polycom import USER
from tests.registrar_plugin.registrations import KEY, eventually, registration

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
