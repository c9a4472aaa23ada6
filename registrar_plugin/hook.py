"""The registrar hook: takes accepted registrations from its caller in microseconds, and does the rest in a thread."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from typing import assert_never

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import DEFAULT_LENGTH
from autoprov_sightings.sighting import Sighting
from registrar_plugin.detect import NotOurs, detect
from registrar_plugin.outbox import Outbox
from registrar_plugin.register_reports import RegisterReports, log_phone
from registrar_plugin.registration import AcceptedRegistration

logger = logging.getLogger(__name__)

_GROUP = 500
_PATIENCE = 0.5
_GATHERING = 0.25
"""Seconds: phones that boot together are written together; a transaction of its own costs more than a registration."""
_LONGEST_PAUSE = 30.0
_SECONDS_TO_DRAIN = 5.0


@dataclass(frozen=True, slots=True)
class HookCounts:
    """What became of the registrations since the start.

    *taken* came through the mailbox; *handed_over* phones went to the queue; *unchanged* were refreshes of known
    phones; *lost* found mailbox or outbox full: SIP brings them back, for a phone registers again before its expiry.
    """

    taken: int
    handed_over: int
    unchanged: int
    lost: int
    failed_hand_overs: int
    not_ours: dict[NotOurs, int]


class RegistrarHook:
    """Hands phones over in groups, and keeps those that *hand_over* could not take while it raises *retry_on*.

    *takes_longer_users* as in ``detect``. *is_assigned* says of a phone that it has a line: such a one is left alone.
    It is asked in the hook's thread, so it may read a file. *registered* hears there of each registration of a phone of
    ours. ``take_action`` may be called from any thread, before ``start`` too.
    """

    def __init__(
        self,
        *,
        autoprovision_user: str,
        key: bytes,
        hand_over: Callable[[Sequence[DetectedPhone]], None],
        retry_on: tuple[type[Exception], ...],
        saw: Callable[[Sighting], None],
        id_length: int = DEFAULT_LENGTH,
        takes_longer_users: bool = False,
        is_assigned: Callable[[MacAddress], bool] = lambda _: False,
        registered: Callable[[MacAddress, AcceptedRegistration], None] = lambda _mac, _registration: None,
        remember_for: timedelta = timedelta(hours=1),
        retry_after: timedelta = timedelta(seconds=1),
        mailbox_size: int = 10_000,
    ) -> None:
        self._autoprovision_user = autoprovision_user
        self._takes_longer_users = takes_longer_users
        self._key = key
        self._id_length = id_length
        self._hand_over = hand_over
        self._retry_on = retry_on
        self._is_assigned = is_assigned
        self._registered = registered
        self._reports = RegisterReports(saw, limit=mailbox_size)
        self._first_pause = retry_after.total_seconds()
        self._pause = self._first_pause
        self._try_at = 0.0
        self._mailbox: Queue[AcceptedRegistration] = Queue(mailbox_size)
        self._outbox = Outbox(remember_for=remember_for, limit=mailbox_size)
        self._counts: Counter[str] = Counter()
        self._not_ours: Counter[NotOurs] = Counter()
        self._lost_before = 0
        self._edge_lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="registrar-hook", daemon=True)

    def take_action(self, registration: AcceptedRegistration) -> None:
        """Take note of an accepted registration. Returns within microseconds, changes nothing and raises nothing."""
        try:
            self._mailbox.put_nowait(registration)
        except Full:
            self._lose()
        except Exception:  # the registrar must answer phones, whatever is wrong here
            self._lose()
            logger.exception("registrar hook failed")

    @property
    def counts(self) -> HookCounts:
        """What happened so far."""
        counts = self._counts
        return HookCounts(
            taken=counts["taken"],
            handed_over=counts["handed_over"],
            unchanged=counts["unchanged"],
            lost=counts["lost"] + self._outbox.lost,
            failed_hand_overs=counts["failed"],
            not_ours=dict(self._not_ours),
        )

    def start(self) -> None:
        """Detect and hand over from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Hand over what was taken, five seconds at most, and end the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_SECONDS_TO_DRAIN)
            if self._thread.is_alive():
                logger.warning("phones not handed over, they will register again", extra={"phones": len(self._outbox)})

    def _lose(self) -> None:
        with self._edge_lock:
            self._counts["lost"] += 1

    def _run(self) -> None:
        while not (self._stopping.is_set() and self._mailbox.empty()):
            self._guard(self._step)
        self._try_at = 0.0  # the last chance, whatever the pause
        self._guard(self._deliver)
        left = len(self._outbox)
        if left:
            logger.warning("phones not handed over at the stop, they will register again", extra={"phones": left})

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            logger.exception("registrar hook stumbled")

    def _step(self) -> None:
        for registration in self._collect():
            self._counts["taken"] += 1
            self._sort(registration)
        self._warn_of_losses()
        self._deliver()

    def _collect(self) -> list[AcceptedRegistration]:
        """What is in the mailbox, a moment after the first one came."""
        group: list[AcceptedRegistration] = []
        try:
            group.append(self._mailbox.get(timeout=min(_PATIENCE, self._first_pause)))
            self._stopping.wait(_GATHERING)
            while len(group) < _GROUP:
                group.append(self._mailbox.get_nowait())
        except Empty:
            pass
        return group

    def _sort(self, registration: AcceptedRegistration) -> None:
        found = detect(
            registration,
            autoprovision_user=self._autoprovision_user,
            key=self._key,
            id_length=self._id_length,
            takes_longer_users=self._takes_longer_users,
        )
        if isinstance(found, DetectedPhone):
            self._registered(found.tag.mac, registration)
            if self._is_assigned(found.tag.mac):
                found = NotOurs.ASSIGNED
        match found:
            case DetectedPhone():
                is_news = self._outbox.add(found, call_id=registration.call_id)
                self._counts["unchanged"] += 0 if is_news else 1
                self._reports.detected(registration, found, is_news=is_news)
            case NotOurs():
                self._not_ours[found] += 1
                self._reports.not_ours(registration, found)
            case _:
                assert_never(found)

    def _warn_of_losses(self) -> None:
        lost = self.counts.lost
        if lost > self._lost_before:
            logger.warning("registrations lost, phones will register again", extra={"lost": lost - self._lost_before})
            self._lost_before = lost

    def _deliver(self) -> None:
        while time.monotonic() >= self._try_at and (phones := self._outbox.waiting(_GROUP)):
            self._try_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            try:
                self._hand_over(phones)
            except self._retry_on as error:
                self._counts["failed"] += 1
                logger.warning("phones wait in memory", extra={"phones": len(phones), "reason": str(error)})
                return
            self._try_at, self._pause = 0.0, self._first_pause
            self._outbox.delivered(phones)
            self._counts["handed_over"] += len(phones)
            for phone in phones:
                log_phone(phone)
