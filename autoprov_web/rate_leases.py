"""The limits as a process that stays asks for them: some requests of an address ahead, so that not each costs the file.

What is taken ahead is taken from the account that all share, so that together they let no more pass than it allows.
What a process has not used it gives back with the next request of that address; where none comes, it is lost.
"""

from __future__ import annotations

from threading import Lock

from autoprov_web.networks import asker_of
from autoprov_web.rate_table import Admission, RateTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress
    from autoprov_web.networks import Address

LEASE_SECONDS = 5.0
MOST_AHEAD = 16
"""Requests; a phone that boots asks a dozen times."""
_MAX_LEASES = 4096
"""Addresses; beyond that, what was taken ahead is lost."""
_PASSED = Admission(0)


class RateLeases:
    """Threads share it. It takes a second's share of the limit ahead at most, so that enough is left for others."""

    __slots__ = ("_ahead", "_leases", "_lock", "_table")

    def __init__(self, table: RateTable) -> None:
        self._table = table
        self._ahead = min(MOST_AHEAD, table.limits.requests_per_minute // 60)
        self._leases: dict[Address, _Lease] = {}
        self._lock = Lock()

    def admit(self, address: Address, mac: MacAddress | None, *, now: float) -> Admission:
        """As ``RateTable.admit``. A MAC that is not of the lease is for the file to count."""
        asker = asker_of(address)
        digits = "" if mac is None else mac.hex
        with self._lock:
            lease = self._leases.get(asker)
            if lease is not None and lease.take(digits, now=now):
                return _PASSED
            unused = lease.give_back() if lease is not None else 0
        admission = self._table.admit(address, mac, now=now, given_back=unused, ahead=self._ahead)
        if admission.ahead:
            self._keep(asker, now, admission.ahead, digits)
        return admission

    def _keep(self, asker: Address, now: float, requests: int, mac: str) -> None:
        with self._lock:
            other = self._leases.get(asker)  # another thread's, of this very moment
            left = other.give_back() if other is not None else 0
            if len(self._leases) >= _MAX_LEASES:
                self._leases.clear()
            self._leases[asker] = _Lease(now, requests + left, mac)


class _Lease:
    """*requests* from *began_at* on, for files of one MAC (its digits) or of none."""

    __slots__ = ("_began_at", "_mac", "_requests")

    def __init__(self, began_at: float, requests: int, mac: str) -> None:
        self._began_at = began_at
        self._requests = requests
        self._mac = mac

    def take(self, mac: str, *, now: float) -> bool:
        """Whether a request for a file of *mac*, ``""`` for none, is within the lease; it counts."""
        if not self._requests or mac not in ("", self._mac) or not 0 <= now - self._began_at < LEASE_SECONDS:
            return False
        self._requests -= 1
        return True

    def give_back(self) -> int:
        """The requests that are left, of which none is any more."""
        left, self._requests = self._requests, 0
        return left
