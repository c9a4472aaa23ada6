"""The durable queue: detected phones on their way to the worker, orders on theirs to whoever carries them out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.exc import IntegrityError

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import UniqueId
from autoprov_queue import orders, phones
from autoprov_queue.database import Database
from autoprov_queue.entry import EntryState, QueueEntry, Verdict
from autoprov_queue.order import Order, OrderKind

Clock: TypeAlias = Callable[[], datetime]
BUSY_TIMEOUT = timedelta(seconds=5)


class PhoneQueue:
    """A queue that processes and threads share by its URL (``sqlite:////var/lib/autoprov/queue.db``).

    Every method raises ``QueueUnavailable`` while the database is locked, full, read-only or gone: nothing was
    changed then, and the same call may be made again.

    Raises:
        QueueUnavailable: as above, for the opening.
        QueueSchemaError: a newer program made the database.
    """

    def __init__(self, url: str, *, clock: Clock, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        self._clock = clock
        self._database = Database(url, busy_timeout=busy_timeout)
        self._wake_callbacks: list[Callable[[], None]] = []

    @property
    def where(self) -> str:
        """The file, or the server's URL without its password."""
        return self._database.where

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def on_put(self, callback: Callable[[], None]) -> None:
        """Call *callback* after everything that makes work in this process; it must return at once."""
        self._wake_callbacks.append(callback)

    def put(self, detected: Sequence[DetectedPhone]) -> None:
        """Make these phones known, in one transaction.

        A phone that shows something new goes back to WAITING, so that its Description is brought up to date; one
        that is known as it stands keeps its state.
        """
        for last_try in (False, True):
            try:
                with self._database.writing() as connection:
                    phones.put(connection, detected, now=self._clock())
                break
            except IntegrityError:  # PostgreSQL: another node has just inserted the same phone; now it is known
                if last_try:
                    raise
        self._wake()

    def claim(self, *, limit: int, lease: timedelta) -> list[QueueEntry]:
        """Take up to *limit* due entries; unless finished within *lease* they can be claimed again."""
        now = self._clock()
        with self._database.reading() as connection:
            if not phones.is_due(connection, now=now):
                return []
        with self._database.writing() as connection:
            return phones.claim(connection, limit=limit, now=now, until=now + lease)

    def finish(self, entry: QueueEntry, verdict: Verdict) -> bool:
        """Write down what became of a claimed entry; False where the claim had been lost to another.

        A phone that showed something new meanwhile is WAITING afterwards: the newer REGISTER is not lost.
        """
        with self._database.writing() as connection:
            return phones.finish(connection, entry, verdict, now=self._clock())

    def find(self, mac: MacAddress) -> QueueEntry | None:
        """The entry of this phone."""
        with self._database.reading() as connection:
            return phones.find(connection, mac)

    def entries(self, state: EntryState | None = None) -> list[QueueEntry]:
        """All entries, or those of one state, the first seen first."""
        with self._database.reading() as connection:
            return phones.entries(connection, state)

    def showing(self, unique_id: UniqueId) -> list[QueueEntry]:
        """Every phone whose screen shows this ID, the first seen first: more than one is a clash."""
        with self._database.reading() as connection:
            return phones.showing(connection, unique_id)

    def counts(self) -> dict[EntryState, int]:
        """How many entries stand in each state, zeros included."""
        with self._database.reading() as connection:
            return phones.counts(connection)

    def retry(self, mac: MacAddress) -> bool:
        """Make the entry due now, a REFUSED one included; False where there is none."""
        with self._database.writing() as connection:
            found = phones.retry(connection, mac, now=self._clock())
        self._wake()
        return found

    def forget(self, mac: MacAddress, *, only: EntryState | None = None) -> bool:
        """Delete the entry, or delete it in one state alone: the phone's next REGISTER makes it new.

        False where there is none.
        """
        with self._database.writing() as connection:
            return phones.forget(connection, mac, only)

    def order(self, kind: OrderKind, mac: MacAddress) -> None:
        """Ask for *kind*; asked twice before it is taken it is done once, asked while under way it is done again."""
        for last_try in (False, True):
            try:
                with self._database.writing() as connection:
                    orders.give(connection, kind, mac, now=self._clock())
                break
            except IntegrityError:  # as in put
                if last_try:
                    raise
        self._wake()

    def take_orders(self, kind: OrderKind, *, limit: int, lease: timedelta) -> list[Order]:
        """Take up to *limit* due orders; unless done or failed within *lease* they can be taken again."""
        now = self._clock()
        with self._database.reading() as connection:
            if not orders.is_due(connection, kind, now=now):
                return []
        with self._database.writing() as connection:
            return orders.take(connection, kind, limit=limit, now=now, until=now + lease)

    def order_done(self, order: Order) -> None:
        """The order was carried out, or came to nothing for good."""
        with self._database.writing() as connection:
            orders.done(connection, order, now=self._clock())

    def order_failed(self, order: Order, reason: str, due_at: datetime) -> None:
        """The order can be taken again at *due_at*."""
        with self._database.writing() as connection:
            orders.failed(connection, order, reason, due_at)

    def pending_orders(self) -> list[Order]:
        """All orders that are not done, the oldest first."""
        with self._database.reading() as connection:
            return orders.pending(connection)

    def _wake(self) -> None:
        for callback in self._wake_callbacks:
            callback()
