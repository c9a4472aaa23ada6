"""The worker: drains the queue into the config system, and what the config system says into the spool."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from autoprov_phones.mac import MacAddress
from autoprov_phones.sipxconfig_models import UnknownModel
from autoprov_queue.entry import Postponed, QueueEntry, Rejected, Settled, Verdict
from autoprov_queue.order import Order, OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_worker.clashes import resolve_clash
from autoprov_worker.errors import SpoolUnavailable
from autoprov_worker.follow import follow
from autoprov_worker.gate import Gate
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.provisioning import Provisioned, provision
from autoprov_worker.retry_schedule import next_attempt
from autoprov_worker.settings import WorkerSettings
from autoprov_worker.snapshot import take_snapshot
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.translate import translate
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable

logger = logging.getLogger(__name__)

Clock: TypeAlias = Callable[[], datetime]


class Worker:
    """Belongs to one thread. Any number of workers, in as many processes, may share queue and spool.

    *saw* hears what became of each phone; *jitter* gives a number from 0 up to 1. A clock is asked anew after each
    request: one to a config system that hangs takes longer than the wait that follows it.
    """

    def __init__(
        self,
        queue: PhoneQueue,
        client: SipxconfigClient,
        spool: SpoolWriter,
        settings: WorkerSettings,
        *,
        saw: Callable[[Sighting], None],
        jitter: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._client = client
        self._spool = spool
        self._settings = settings
        self._saw = saw
        self._jitter = jitter
        self._gate = Gate()
        self._list_gate = Gate()
        """Of snapshots: a list that never comes whole must not keep phones waiting that could be created."""
        self._tells_phones = True
        self._knowledge = Knowledge(queue, client, spool, settings)

    def step(self, clock: Clock) -> int:
        """Work off up to a batch of what is due, orders first; how many there were.

        They are claimed one by one: an outage then costs one timeout and holds one entry, not the batch.

        Raises:
            QueueUnavailable: what was claimed is claimed again when its lease has ended.
        """
        done = 0
        while done < self._settings.batch and not self._gate.is_closed(now=clock()):
            orders = self._queue.take_orders(OrderKind.FOLLOW, limit=1, lease=self._settings.lease)
            if orders:
                self._follow(orders[0], clock)
            else:
                entries = self._queue.claim(limit=1, lease=self._settings.lease)
                if not entries:
                    break
                self._provision(entries[0], clock)
            done += 1
        return done

    def take_snapshot(self, clock: Clock, *, between: Callable[[], None]) -> bool:
        """Bring the whole spool up to date; False where the config system may not be asked now, or did not answer.

        One that cannot list its phones is done with as well: nothing is vouched for, so that the phone-facing path
        soon answers 503 to all but known assigned phones.

        Raises:
            QueueUnavailable: the pass failed.
        """
        started_at = clock()
        if self._gate.is_closed(now=started_at) or self._list_gate.is_closed(now=started_at):
            return False
        try:
            take_snapshot(self._client, self._knowledge, self._spool, now=started_at, between=between)
        except AccessDenied as error:
            self._close_gate(error, clock())
            return False
        except (Unreachable, SpoolUnavailable) as error:
            retry_at = self._list_gate.failed(now=clock(), jitter=self._jitter())
            facts = {"reason": str(error), "retry_at": retry_at.isoformat(timespec="seconds")}
            logger.warning("snapshot failed, the last one counts", extra=facts)
            return False
        except NotOffered as error:
            self._say_that_nobody_vouches(error)
        else:
            self._tells_phones = True
        self._list_gate.succeeded()
        self._open_gate()
        return True

    def _provision(self, entry: QueueEntry, clock: Clock) -> None:
        mac = entry.phone.tag.mac
        new = translate(
            entry.phone, operator_models=self._settings.operator_models, on_sipxecs=self._settings.on_sipxecs
        )
        if isinstance(new, UnknownModel):
            self._refuse(entry, new.reason, clock())
            return
        try:
            provisioned = provision(new, self._client, self._knowledge)
            resolve_clash(entry.phone, self._knowledge, self._queue)
        except (Unreachable, AccessDenied, SpoolUnavailable) as error:
            now = clock()
            due_at = self._due_again(entry.attempts, self._close_gate(error, now), now)
            self._finish(entry, Postponed(str(error), due_at))
            logger.info("phone postponed", extra={"mac": str(mac), "due_at": due_at.isoformat(timespec="seconds")})
            self._tell(mac, now, "postponed", f"{error}; next attempt at {due_at:%H:%M:%S} UTC")
        except Refused as error:
            self._open_gate()
            self._refuse(entry, str(error), clock())
        else:
            self._open_gate()
            self._settle(entry, provisioned, clock())

    def _follow(self, order: Order, clock: Clock) -> None:
        try:
            found = follow(order.mac, self._knowledge, self._queue)
        except (Unreachable, AccessDenied, SpoolUnavailable) as error:
            now = clock()
            due_at = self._due_again(order.attempts, self._close_gate(error, now), now)
            self._queue.order_failed(order, str(error), due_at)
            return
        self._open_gate()
        self._queue.order_done(order)
        logger.info("phone followed", extra={"mac": str(order.mac), "found": found})
        self._tell(order.mac, clock(), "followed", found)

    def _settle(self, entry: QueueEntry, provisioned: Provisioned, now: datetime) -> None:
        self._finish(entry, Settled(f"{provisioned.verdict}: {provisioned.detail}"))
        logger.info(
            "phone provisioned",
            extra={
                "mac": str(entry.phone.tag.mac),
                "unique_id": str(entry.phone.tag.unique_id),
                "verdict": provisioned.verdict,
                "detail": provisioned.detail,
            },
        )
        self._tell(entry.phone.tag.mac, now, provisioned.verdict, provisioned.detail)

    def _refuse(self, entry: QueueEntry, reason: str, now: datetime) -> None:
        self._finish(entry, Rejected(reason))
        logger.error("phone refused", extra={"mac": str(entry.phone.tag.mac), "reason": reason})
        self._tell(entry.phone.tag.mac, now, "refused", reason)

    def _finish(self, entry: QueueEntry, verdict: Verdict) -> None:
        if not self._queue.finish(entry, verdict):
            logger.warning("claim was lost, the verdict is another's", extra={"mac": str(entry.phone.tag.mac)})

    def _say_that_nobody_vouches(self, error: NotOffered) -> None:
        if self._tells_phones:
            logger.error("no phone can be known as unassigned, new phones get 503", extra={"reason": str(error)})
        self._tells_phones = False

    def _open_gate(self) -> None:
        if self._gate.failures:
            logger.info("phones need not wait any more", extra={"failures": self._gate.failures})
        self._gate.succeeded()

    def _close_gate(self, error: Unreachable | AccessDenied | SpoolUnavailable, now: datetime) -> datetime:
        if isinstance(error, AccessDenied):
            opens_at = self._gate.denied(now=now)
            logger.error(
                "config system denies access, see the credentials in the settings",
                extra={"reason": str(error), "retry_at": opens_at.isoformat(timespec="seconds")},
            )
        else:
            opens_at = self._gate.failed(now=now, jitter=self._jitter())
            logger.warning(
                "phones must wait", extra={"reason": str(error), "retry_at": opens_at.isoformat(timespec="seconds")}
            )
        return opens_at

    def _due_again(self, attempts: int, opens_at: datetime, now: datetime) -> datetime:
        """Of an outage an entry is not to blame: it is due when the gate opens, so that recovery drains all at once.

        One that failed more often in a row than anything did is to blame itself, and waits on its own.
        """
        if attempts <= self._gate.failures:
            return opens_at
        return max(opens_at, next_attempt(attempts, now=now, jitter=self._jitter()))

    def _tell(self, mac: MacAddress, now: datetime, verdict: str, detail: str) -> None:
        self._saw(Sighting(mac, now, Stage.CONFIG, verdict, detail))
