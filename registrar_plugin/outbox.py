"""Detected phones on their way out of the hook: the newest of each, and which need not go again."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag
from registrar_plugin.expiring_map import ExpiringMap

_Shown = tuple[PhoneTag, PhoneSoftware, str, str]


class Outbox:
    """Keeps the newest registration per MAC until it is delivered, at most *limit*; the oldest is lost first.

    A phone that shows what it showed at its last delivery is not sent again within *remember_for*: a refresh costs no
    write. One that booted since, which its new Call-ID shows, is sent: somebody may have deleted it, and a phone that
    was deleted comes back with its next boot, or after that time at the latest.
    """

    def __init__(self, *, remember_for: timedelta, limit: int) -> None:
        self._limit = limit
        # By the MAC's digits: Python itself hashes a text, and is asked for it ten times a registration.
        self._waiting: dict[str, tuple[DetectedPhone, _Shown]] = {}
        self._delivered = ExpiringMap[str, _Shown](life=remember_for, limit=limit)
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, phone: DetectedPhone, *, call_id: str) -> bool:
        """Take a phone; False for the refresh of one that is known and unchanged."""
        mac = phone.tag.mac.hex
        shown = (phone.tag, phone.software, phone.contact_host, call_id)
        if mac not in self._waiting and self._delivered.get(mac, now=phone.seen_at) == shown:
            return False
        self._waiting.pop(mac, None)
        self._waiting[mac] = phone, shown
        if len(self._waiting) > self._limit:
            del self._waiting[next(iter(self._waiting))]
            self.lost += 1
        return True

    def waiting(self, limit: int) -> list[DetectedPhone]:
        """Up to *limit* phones, the longest waiting first."""
        return [phone for phone, _ in islice(self._waiting.values(), limit)]

    def delivered(self, phones: Sequence[DetectedPhone]) -> None:
        """These, which were waiting, are handed over."""
        for phone in phones:
            mac = phone.tag.mac.hex
            _, shown = self._waiting.pop(mac)
            self._delivered.set(mac, shown, now=phone.seen_at)
