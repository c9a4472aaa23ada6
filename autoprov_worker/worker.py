"""The worker: drains the queue into the config system, and what the config system says into the spool."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from autoprov_phones.mac import MacAddress
from autoprov_phones.sipxconfig_models import UnknownModel
from autoprov_queue.entry import QueueEntry
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import Order, OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting
from autoprov_worker.blame import ENOUGH, Blame
from autoprov_worker.clashes import resolve_clash
from autoprov_worker.errors import SpoolUnavailable
from autoprov_worker.follow import follow
from autoprov_worker.gate import Gate
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.noticing import Noticing
from autoprov_worker.provisioning import provision
from autoprov_worker.retry_schedule import next_attempt
from autoprov_worker.settings import WorkerSettings
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.survey import Survey
from autoprov_worker.translate import translate
from autoprov_worker.verdicts import Verdicts
from autoprov_worker.vouching import Vouching
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
        self._verdicts = Verdicts(queue, saw)
        self._jitter = jitter
        self._gate = Gate()
        self._blame = Blame()
        self._under_way: QueueEntry | None = None
        self._list_gate = Gate()
        """Of snapshots: a list that never comes whole must not keep phones waiting that could be created."""
        self._knowledge = Knowledge(queue, client, spool, settings)
        vouching = None if settings.known_phones is None else Vouching(queue, spool, settings.known_phones)
        self._survey = Survey(client, self._knowledge, spool, vouching, saw=saw)
        self._noticing = Noticing(queue, self._knowledge, spool, looks_per_minute=settings.looks_per_minute)

    def step(self, clock: Clock) -> int:
        """Work off up to a batch of what is due, orders first; how many there were.

        They are claimed one by one: an outage then costs one timeout and holds one entry, not the batch.

        Raises:
            QueueUnavailable: what was claimed is finished by the next call that does not, or claimed again when its
                lease has ended.
        """
        self._under_way = None
        self._verdicts.write_what_is_left()
        done = 0
        while done < self._settings.batch and not self._gate.is_closed(now=clock()):
            orders = self._queue.take_orders(OrderKind.FOLLOW, limit=1, lease=self._settings.lease)
            if orders:
                self._follow(orders[0], clock)
            else:
                entries = self._queue.claim(limit=1, lease=self._settings.lease)
                if not entries:
                    break
                self._under_way = entries[0]
                self._provision(entries[0], clock)
                self._under_way = None
            done += 1
        return done

    def notice(self, clock: Clock) -> None:
        """Look at a few phones that may have been given a line meanwhile.

        Raises:
            QueueUnavailable: they are looked at later.
        """
        now = clock()
        self._under_way = None
        if self._gate.is_closed(now=now):
            return
        try:
            looks = self._noticing.look(now=now)
        except (Unreachable, AccessDenied, SpoolUnavailable) as error:
            self._close_gate(error, clock())
        except NotOffered:
            return  # the snapshot says so
        else:
            if looks:
                self._open_gate()

    def take_snapshot(self, clock: Clock, *, between: Callable[[], None]) -> bool:
        """Bring the whole spool up to date; False where the config system may not be asked now, or did not answer.

        Raises:
            QueueUnavailable: the pass failed.
        """
        started_at = clock()
        self._under_way = None
        if self._gate.is_closed(now=started_at) or self._list_gate.is_closed(now=started_at):
            return False
        try:
            self._survey.take(now=started_at, between=between)
        except AccessDenied as error:
            self._close_gate(error, clock())
            return False
        except (Unreachable, SpoolUnavailable) as error:
            retry_at = self._list_gate.failed(now=clock(), jitter=self._jitter())
            facts = {"reason": str(error), "retry_at": retry_at.isoformat(timespec="seconds")}
            logger.warning("snapshot failed, the last one counts", extra=facts)
            return False
        self._list_gate.succeeded()
        self._open_gate()
        return True

    def refuse_under_way(self, now: datetime) -> None:
        """The program itself failed on a phone: so it would when the lease has ended, and for ever.

        Raises:
            QueueUnavailable: it stays claimed, and fails again when the lease has ended.
        """
        entry, self._under_way = self._under_way, None
        if entry is not None:
            self._verdicts.refuse(entry, "the program failed on this phone, see its log", now)

    def _provision(self, entry: QueueEntry, clock: Clock) -> None:
        new = translate(
            entry.phone, operator_models=self._settings.operator_models, on_sipxecs=self._settings.on_sipxecs
        )
        if isinstance(new, UnknownModel):
            self._verdicts.refuse(entry, new.reason, clock())
            return
        try:
            provisioned = provision(new, self._client, self._knowledge)
            resolve_clash(entry.phone, self._knowledge, self._queue)
        except (Unreachable, AccessDenied, SpoolUnavailable) as error:
            self._postpone(entry, error, clock())
            return
        except QueueUnavailable as error:
            self._verdicts.give_back(entry, error, clock())
            raise
        except Refused as error:
            self._got_through(entry)
            self._verdicts.refuse(entry, str(error), clock())
        else:
            self._got_through(entry)
            self._verdicts.settle(entry, provisioned, clock())

    def _postpone(self, entry: QueueEntry, error: Unreachable | AccessDenied | SpoolUnavailable, now: datetime) -> None:
        mac = entry.phone.tag.mac
        due_at, failures = self._due_again(mac, self._close_gate(error, now), now)
        if failures >= ENOUGH:
            self._blame.clear(mac)
            self._verdicts.refuse(entry, f"failed {failures} times while others got through: {error}", now)
        else:
            self._verdicts.postpone(entry, str(error), due_at, now)

    def _follow(self, order: Order, clock: Clock) -> None:
        try:
            found = follow(order.mac, self._knowledge, self._queue)
        except (Unreachable, AccessDenied, SpoolUnavailable) as error:
            now = clock()
            due_at, _ = self._due_again(order.mac, self._close_gate(error, now), now)
            self._queue.order_failed(order, str(error), due_at)
            return
        self._open_gate()
        self._queue.order_done(order)
        logger.info("phone followed", extra={"mac": str(order.mac), "found": found})
        self._verdicts.tell(order.mac, clock(), "followed", found)

    def _got_through(self, entry: QueueEntry) -> None:
        self._blame.clear(entry.phone.tag.mac)
        self._open_gate()

    def _open_gate(self) -> None:
        if self._gate.failures:
            logger.info("phones need not wait any more", extra={"failures": self._gate.failures})
        self._gate.succeeded()
        self._blame.something_worked()

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

    def _due_again(self, mac: MacAddress, opens_at: datetime, now: datetime) -> tuple[datetime, int]:
        """When, and after how many failures of its own.

        Of an outage a phone is not to blame: it is due when the gate opens, so that recovery drains all at once. One
        that fails while others get through waits on its own.
        """
        failures = self._blame.failed(mac)
        if failures == 1:
            return opens_at, failures
        return max(opens_at, next_attempt(failures, now=now, jitter=self._jitter())), failures
