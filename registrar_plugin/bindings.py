"""The location service: which contacts are registered, kept apart phone by phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autoprov_phones.mac import MacAddress
from registrar_plugin.sip.name_addr import NameAddr
from registrar_plugin.sip.uri import SipUri, Uri
from registrar_plugin.sip.via import Address

_SWEEP_PAUSE = timedelta(seconds=1)


class RequestOutOfOrder(Exception):
    """A binding was made by a later request of the same Call-ID: nothing was changed."""


class TooManyBindings(Exception):
    """The table is full of living bindings: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One contact of one phone, and the request that made it; one whose *expires_at* is past is a removal.

    *has_old_password*: that request was signed with the shared password of before, so the phone knows no other.
    """

    contact: NameAddr
    address_of_record: str
    call_id: str
    cseq: int
    expires_at: datetime
    source: Address
    has_old_password: bool = False


class BindingTable:
    """Bindings by the MAC that the phone's tag claims; those without a tag share the pool of ``None``.

    A partition holds *per_phone* bindings (the pool *pool*), its oldest makes room; the table holds *limit*.
    """

    def __init__(self, *, limit: int = 50_000, per_phone: int = 10, pool: int = 256) -> None:
        self._limit = limit
        self._per_phone = per_phone
        self._pool = pool
        self._partitions: dict[MacAddress | None, list[Binding]] = {}
        self._count = 0
        self._swept_at: datetime | None = None

    def __len__(self) -> int:
        return self._count

    def living(self, mac: MacAddress | None, *, now: datetime) -> list[Binding]:
        """The partition's bindings that are not expired, the newest first."""
        return [binding for binding in reversed(self._partitions.get(mac, [])) if binding.expires_at > now]

    def update(self, mac: MacAddress | None, changes: Sequence[Binding], *, now: datetime) -> None:
        """Make, refresh and remove these bindings, all or none (§10.3 step 7).

        Raises:
            RequestOutOfOrder: as it says.
            TooManyBindings: as it says.
        """
        bindings = self.living(mac, now=now)[::-1]
        for change in changes:
            for known in bindings:
                if is_same_contact(known.contact.uri, change.contact.uri):
                    _check_order(known, change.call_id, change.cseq)
        for change in changes:
            bindings = [known for known in bindings if not is_same_contact(known.contact.uri, change.contact.uri)]
            bindings += [change] if change.expires_at > now else []
        self._store(mac, bindings[-(self._pool if mac is None else self._per_phone) :], now)

    def remove_all(self, mac: MacAddress | None, *, call_id: str, cseq: int, now: datetime) -> None:
        """Empty the partition (§10.3 step 6).

        Raises:
            RequestOutOfOrder: as it says.
        """
        for known in self.living(mac, now=now):
            _check_order(known, call_id, cseq)
        self._store(mac, [], now)

    def _store(self, mac: MacAddress | None, bindings: list[Binding], now: datetime) -> None:
        before = len(self._partitions.get(mac, []))
        if self._count - before + len(bindings) > self._limit:
            self._sweep(now)
            before = len(self._partitions.get(mac, []))
            if len(bindings) > before and self._count - before + len(bindings) > self._limit:
                raise TooManyBindings
        self._count += len(bindings) - before
        if bindings:
            self._partitions[mac] = bindings
        else:
            self._partitions.pop(mac, None)

    def _sweep(self, now: datetime) -> None:
        """Drop what is expired; not more than once a second, for it looks at every binding."""
        if self._swept_at is not None and self._swept_at <= now < self._swept_at + _SWEEP_PAUSE:
            return
        self._swept_at = now
        for mac in list(self._partitions):
            living = self.living(mac, now=now)[::-1]
            self._count += len(living) - len(self._partitions[mac])
            if living:
                self._partitions[mac] = living
            else:
                del self._partitions[mac]


def is_same_contact(one: Uri, other: Uri) -> bool:
    """Whether two Contact URIs name one binding (§19.1.4; other schemes by their characters)."""
    if isinstance(one, SipUri) and isinstance(other, SipUri):
        return one.is_equivalent(other)
    return one == other


def _check_order(known: Binding, call_id: str, cseq: int) -> None:
    if known.call_id == call_id and cseq <= known.cseq:
        raise RequestOutOfOrder
