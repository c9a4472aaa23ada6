"""The accounts of all addresses, shared by every process and thread that serves phones. Edge: one file.

The file never grows: a fixed number of places, in sets of four. An address has its set, and takes the place of the one
in it that was idle longest; a flood of addresses costs others their history, never memory. The file is opened at each
request, for a lock (``flock``) belongs to the opened file: so threads keep each other out as processes do.

The limits protect; they must not become an outage. Where the file cannot be used, phones are served and it is said.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from binascii import crc32
from hashlib import blake2b

from autoprov_web.networks import asker_of
from autoprov_web.rate_limit import OWNER_OFFSET, Account, AccountSyntaxError, RateLimits, owner_and_age

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress
    from autoprov_web.networks import Address

_WAYS = 4
_SETS = 1024
_MAX_BYTES = 32 << 20
_PATIENCE = 1.0
"""Seconds to wait for the lock. It is held for microseconds: who holds it longer has been stopped."""
_LOOKS = 20
"""Before the first nap, which takes longer than most who hold it."""
_NAP = 0.0002

_HEADER = struct.Struct("<20s16sIII")  # what it is, the key of its hashes, sets, bytes of an account, checksum
_MAGIC = b"autoprov rates 1"
_HEADER_BYTES = 64
_MODE = 0o660  # the web server's processes and ours have a group in common


TOO_MANY_REQUESTS = "too many requests from this address"
TOO_MANY_PHONES = "too many phones of this address"


class Admission:
    """*retry_after*: 0, or the seconds to wait for *reason*. *trouble*: why the limits do not hold, else ``""``.

    *ahead*: so many more requests were counted already.
    """

    __slots__ = ("ahead", "reason", "retry_after", "trouble")

    def __init__(self, retry_after: int, reason: str = "", trouble: str = "", *, ahead: int = 0) -> None:
        self.retry_after = retry_after
        self.reason = reason
        self.trouble = trouble
        self.ahead = ahead


class RateTable:
    """The file at *path*, made at the first request; with other limits it begins anew."""

    __slots__ = ("_account_bytes", "_path", "_sets", "limits")

    def __init__(self, path: str, limits: RateLimits) -> None:
        self._path = path
        self.limits = limits
        self._account_bytes = limits.account_bytes
        self._sets = _SETS
        while self._sets > 1 and self._sets * self._set_bytes > _MAX_BYTES:
            self._sets //= 2

    @property
    def file_bytes(self) -> int:
        """The size of the file, whatever is asked."""
        return _HEADER_BYTES + self._sets * self._set_bytes

    def admit(
        self, address: Address, mac: MacAddress | None, *, now: float, given_back: int = 0, ahead: int = 0
    ) -> Admission:
        """Whether a request of *address* about *mac* is within the limits; it counts. An IPv6 /64 is one address.

        *given_back* were counted and did not come; if it passes, at most *ahead* that may come are counted with it.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
            try:
                if not _locked(descriptor):
                    return Admission(0, trouble=f"{self._path} is locked by a process that does not move")
                return self._admit(descriptor, address, mac, now, given_back, ahead)
            finally:
                os.close(descriptor)
        except OSError as error:
            return Admission(0, trouble=f"{self._path}: {error.strerror}")

    @property
    def _set_bytes(self) -> int:
        return _WAYS * self._account_bytes

    def _admit(
        self, descriptor: int, address: Address, mac: MacAddress | None, now: float, given_back: int, ahead: int
    ) -> Admission:
        key, trouble = self._key(descriptor)
        digest = blake2b(_network_bytes(address), digest_size=12, key=key).digest()
        owner, chosen = struct.unpack("<QI", digest)
        start = _HEADER_BYTES + chosen % self._sets * self._set_bytes
        accounts = os.pread(descriptor, self._set_bytes, start).ljust(self._set_bytes, b"\0")
        place, is_there = self._place(accounts, owner or 1, now)
        account = Account(owner or 1, updated_at=now, requests=self.limits.requests_per_minute)
        if is_there:
            try:
                account = Account.from_bytes(accounts[place : place + self._account_bytes])
            except AccountSyntaxError as error:
                trouble = f"{self._path}: an account {error}, it begins anew"
        account.requests += given_back
        retry_after, reason = account.take_request(now=now, limits=self.limits), TOO_MANY_REQUESTS
        if not retry_after and mac is not None:
            retry_after = account.take_mac(_mac_hash(mac, key), now=now, limits=self.limits)
            reason = TOO_MANY_PHONES
        taken = 0 if retry_after else account.take_ahead(ahead)
        os.pwrite(descriptor, account.to_bytes(), start + place)
        return Admission(retry_after, reason if retry_after else "", trouble, ahead=taken)

    def _place(self, accounts: bytes, owner: int, now: float) -> tuple[int, bool]:
        """Where in its set the owner's account is, or shall be."""
        at = accounts.find(owner.to_bytes(8, "little"), OWNER_OFFSET) - OWNER_OFFSET
        if at >= 0 and at % self._account_bytes == 0 and owner_and_age(accounts, at, now=now)[0] == owner:
            return at, True  # nearly always
        oldest, longest = 0, -1.0
        for place in range(0, self._set_bytes, self._account_bytes):
            other, idle = owner_and_age(accounts, place, now=now)
            if other == owner:
                return place, True
            if not other:
                idle = now  # free
            if idle > longest:
                oldest, longest = place, idle
        return oldest, False

    def _key(self, descriptor: int) -> tuple[bytes, str]:
        """The key of the file's hashes, and what was wrong with it; a file that is not as it should be begins anew."""
        header = os.pread(descriptor, _HEADER_BYTES, 0)
        size = os.fstat(descriptor).st_size
        trouble = ""
        if len(header) == _HEADER_BYTES:
            magic, key, sets, account_bytes, checksum = _HEADER.unpack_from(header)
            is_whole = magic.rstrip(b"\0") == _MAGIC and checksum == crc32(header[: _HEADER.size - 4])
            if is_whole and (size, sets, account_bytes) == (self.file_bytes, self._sets, self._account_bytes):
                return key, ""
            is_whole = is_whole and size == _HEADER_BYTES + sets * _WAYS * account_bytes
            trouble = "" if is_whole else f"{self._path} was damaged and begins anew"
        elif size:
            trouble = f"{self._path} was damaged and begins anew"
        return self._begin(descriptor), trouble

    def _begin(self, descriptor: int) -> bytes:
        key = os.urandom(16)
        header = _HEADER.pack(_MAGIC, key, self._sets, self._account_bytes, 0)[:-4]
        os.ftruncate(descriptor, 0)
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchmod(descriptor, _MODE)  # whatever the umask was
        os.ftruncate(descriptor, self.file_bytes)
        os.pwrite(descriptor, header + struct.pack("<I", crc32(header)), 0)
        return key


def _locked(descriptor: int) -> bool:
    """Whether the lock is ours; closing gives it back."""
    looks, give_up_at = 0, 0.0
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            looks += 1
            if looks <= _LOOKS:
                os.sched_yield()
                continue
            moment = time.monotonic()
            give_up_at = give_up_at or moment + _PATIENCE
            if moment > give_up_at:
                return False
            time.sleep(_NAP)


def _network_bytes(address: Address) -> bytes:
    return struct.pack("<BQ", *asker_of(address))


def _mac_hash(mac: MacAddress, key: bytes) -> int:
    return int.from_bytes(blake2b(mac.hex.encode(), digest_size=4, key=key).digest(), "little")
