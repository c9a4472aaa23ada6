"""Carries out the orders to re-sync a phone: each becomes a check-sync, and its answer settles the order."""

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import assert_never

from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import Order, OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, PassedOn, ToldSeveral, Unanswered

logger = logging.getLogger(__name__)

_AT_ONCE = 50
_LEASE = timedelta(seconds=90)
"""Longer than a check-sync can take."""
_POLL = 1.0
_PAUSE_AFTER_FAILURE = 5.0
_SECONDS_TO_STOP = 5.0
_SAID_YES = "answered"
RETRY_PAUSES = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=1),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=10),
)
"""Together longer than a registration lives: after a restart we know no phone until it registers again."""


@dataclass(frozen=True, slots=True)
class Done:
    """The phone said that it will; or all that can be done is done, and *verdict* is another."""

    verdict: str = _SAID_YES
    detail: str = "the phone fetches its files again"


@dataclass(frozen=True, slots=True)
class Later:
    """Try again: the phone may be booting, or on the telephone."""

    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Tried often enough: a person may restart the phone."""

    reason: str


def settle(answer: CheckSyncAnswer, *, attempts: int, now: datetime) -> Done | Later | GivenUp:
    """What an order comes to, after its *attempts*-th attempt got this answer."""
    match answer:
        case Answered(status) if 200 <= status < 300:
            return Done()
        case PassedOn(by):
            return Done("passed on", f"to {by}, which does not tell what the phone answered")
        case ToldSeveral(accepted, not_waited_for, others) if accepted or not_waited_for:
            told = f"of its user's phones {accepted} said yes, {not_waited_for} were told and not waited for"
            return Done(_of_several(accepted, not_waited_for + len(others)), "; ".join((told, *others)))
        case ToldSeveral(others=others):
            reason = "; ".join(others)
        case NotSent(reason):
            pass
        case Answered(status):
            reason = f"the phone answered the check-sync with {status}"
        case Unanswered():
            reason = answer.value
        case _:
            assert_never(answer)
    if attempts > len(RETRY_PAUSES):
        return GivenUp(reason)
    return Later(now + RETRY_PAUSES[max(attempts, 1) - 1], reason)


def _of_several(accepted: int, others: int) -> str:
    """The verdict: which of its user's phones is ours nobody knows."""
    if not accepted:
        return "passed on"
    return "some answered" if others else _SAID_YES


class ResyncThread:
    """Takes orders at once when this process gives them, within a second when another does."""

    def __init__(
        self,
        *,
        queue: PhoneQueue,
        send_check_sync: Callable[[MacAddress], "Future[CheckSyncAnswer]"],
        saw: Callable[[Sighting], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._queue = queue
        self._send_check_sync = send_check_sync
        self._saw = saw
        self._clock = clock
        self._under_way: list[tuple[Order, Future[CheckSyncAnswer]]] = []
        self._is_told = False
        self._wake = Event()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="resync", daemon=True)
        queue.on_put(self._wake.set)

    def start(self) -> None:
        """Carry out orders from now on."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """End soon; ``stop`` then waits for the end."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """End the thread; what is under way is taken again when its lease is over. Stop before the registrar."""
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join(_SECONDS_TO_STOP)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = _POLL
            try:
                self._step()
                self._is_told = False
            except QueueUnavailable as error:
                pause = _PAUSE_AFTER_FAILURE
                self._tell(error)
            except Exception:
                pause = _PAUSE_AFTER_FAILURE
                logger.exception("re-sync stumbled")
            self._wake.wait(pause)
            self._wake.clear()

    def _tell(self, error: QueueUnavailable) -> None:
        """Once for each outage."""
        if not self._is_told:
            logger.warning("re-sync orders cannot be read", extra={"reason": str(error)})
        self._is_told = True

    def _step(self) -> None:
        limit = _AT_ONCE - len(self._under_way)
        for order in self._queue.take_orders(OrderKind.RESYNC, limit=limit, lease=_LEASE) if limit > 0 else []:
            answer = self._send_check_sync(order.mac)
            answer.add_done_callback(lambda _: self._wake.set())
            self._under_way.append((order, answer))
        for pair in [pair for pair in self._under_way if pair[1].done()]:
            self._settle(*pair)
            self._under_way.remove(pair)  # only now: what the queue could not take is settled again

    def _settle(self, order: Order, future: "Future[CheckSyncAnswer]") -> None:
        try:
            answer = future.result()
        except CancelledError:
            return
        now = self._clock()
        verdict = settle(answer, attempts=order.attempts, now=now)
        facts = {"mac": str(order.mac), "attempts": order.attempts}
        match verdict:
            case Done(words, detail):
                self._queue.order_done(order)
                self._saw(Sighting(order.mac, now, Stage.RESYNC, words, detail))
                if words == _SAID_YES:
                    logger.info("phone re-syncs", extra=facts)
                else:
                    logger.info("re-sync was sent, the phone's answer is not known", extra={**facts, "reason": detail})
            case Later(due_at, reason):
                self._queue.order_failed(order, reason, due_at)
                self._saw(Sighting(order.mac, now, Stage.RESYNC, "later", reason))
                logger.info("phone re-syncs later", extra={**facts, "reason": reason, "due_at": f"{due_at:%H:%M:%S}"})
            case GivenUp(reason):
                self._queue.order_done(order)
                self._saw(Sighting(order.mac, now, Stage.RESYNC, "given up", reason))
                logger.warning("phone does not re-sync", extra={**facts, "reason": reason})
            case _:
                assert_never(verdict)
