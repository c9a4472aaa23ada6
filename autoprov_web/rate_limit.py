"""How often one address may ask, and about how many phones: its account, and what a request takes from it."""

from __future__ import annotations

import struct
from binascii import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MAC_WINDOW = 3600
"""Seconds in which no more than so many distinct MACs are asked for."""

CLOCK_SKEW = 60
"""An account from further ahead than this was kept by a clock that went wrong since."""

_HEAD = struct.Struct("<IQddI")  # checksum of what follows, whose account, updated at, requests left, number of MACs
_CHECKSUM_BYTES = 4
OWNER_OFFSET = 4
"""Where in an account its owner's number stands."""
_MAC_BYTES = 8


class AccountSyntaxError(ValueError):
    """The bytes are no account: damaged, or cut short."""


class RateLimits:
    """*requests_per_minute* may also come all at once; *macs_per_hour* are distinct ones."""

    __slots__ = ("macs_per_hour", "requests_per_minute")

    def __init__(self, *, requests_per_minute: int, macs_per_hour: int) -> None:
        self.requests_per_minute = requests_per_minute
        self.macs_per_hour = macs_per_hour

    @property
    def account_bytes(self) -> int:
        """No account is longer."""
        return _HEAD.size + _MAC_BYTES * self.macs_per_hour


class Account:
    """What one address has left: *requests*, and the MACs it asked for, as hashes, the latest last, with their times.

    Times are Unix seconds. *owner* says whose account it is, as a number of 64 bits above 0.
    """

    __slots__ = ("asked_at", "macs", "owner", "requests", "updated_at")

    def __init__(
        self, owner: int, *, updated_at: float, requests: float, macs: Sequence[int] = (), asked_at: Sequence[int] = ()
    ) -> None:
        self.owner = owner
        self.updated_at = updated_at
        self.requests = requests
        self.macs = list(macs)
        self.asked_at = list(asked_at)

    def take_request(self, *, now: float, limits: RateLimits) -> int:
        """0 for a request that may pass, else the seconds after which it may be tried again."""
        if now < self.updated_at:  # the clock was set back: what is left stays, and grows from here
            self.asked_at = [min(at, int(now)) for at in self.asked_at]
        grown = max(0.0, now - self.updated_at) * limits.requests_per_minute / 60
        self.requests = min(self.requests + grown, limits.requests_per_minute)
        self.updated_at = now
        if self.requests < 1:
            return _whole_seconds((1 - self.requests) * 60 / limits.requests_per_minute)
        self.requests -= 1
        return 0

    def take_mac(self, mac: int, *, now: float, limits: RateLimits) -> int:
        """As ``take_request``, after it; *mac* is a hash of 32 bits. A MAC of the last hour does not count again."""
        second = int(now)
        while self.asked_at and self.asked_at[0] <= second - MAC_WINDOW:
            self._forget(0)
        if mac in self.macs:
            self._forget(self.macs.index(mac))
        elif len(self.macs) >= limits.macs_per_hour:
            return max(1, self.asked_at[0] + MAC_WINDOW - second)
        self.macs.append(mac)
        self.asked_at.append(second)
        return 0

    def take_ahead(self, wanted: int) -> int:
        """As many of *wanted* further requests as are left, for the next seconds."""
        taken = min(wanted, int(self.requests))
        self.requests -= taken
        return taken

    def to_bytes(self) -> bytes:
        """The account in its file; ``from_bytes`` reads it back."""
        macs = struct.pack(f"<{2 * len(self.macs)}I", *self.macs, *self.asked_at)
        data = _HEAD.pack(0, self.owner, self.updated_at, self.requests, len(self.macs)) + macs
        return struct.pack("<I", crc32(data[_CHECKSUM_BYTES:])) + data[_CHECKSUM_BYTES:]

    @classmethod
    def from_bytes(cls, data: bytes) -> Account:
        """Read an account; bytes behind it do not matter.

        Raises:
            AccountSyntaxError: the only exception, whatever *data* holds.
        """
        if len(data) < _HEAD.size:
            raise AccountSyntaxError("is cut short")
        checksum, owner, updated_at, requests, count = _HEAD.unpack_from(data)
        end = _HEAD.size + _MAC_BYTES * count
        if end > len(data) or crc32(data[_CHECKSUM_BYTES:end]) != checksum:
            raise AccountSyntaxError("has another checksum")
        numbers = struct.unpack_from(f"<{2 * count}I", data, _HEAD.size)
        return cls(owner, updated_at=updated_at, requests=requests, macs=numbers[:count], asked_at=numbers[count:])

    def _forget(self, position: int) -> None:
        del self.macs[position]
        del self.asked_at[position]


def owner_and_age(data: bytes, offset: int, *, now: float) -> tuple[int, float]:
    """Whose account begins at *offset*, 0 for nobody's, and the seconds for which it was idle; its MACs are not read.

    One that a wrong clock kept is nobody's.
    """
    _, owner, updated_at, _, _ = _HEAD.unpack_from(data, offset)
    if owner and 0 < updated_at <= now + CLOCK_SKEW:
        return owner, now - updated_at
    return 0, 0.0


def _whole_seconds(seconds: float) -> int:
    return max(1, -int(-seconds // 1))
