"""Detected phones on their way out of the hook: the newest of each, and which need not go again."""

from collections.abc import Sequence
from datetime import timedelta

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag
from registrar_plugin.expiring_map import ExpiringMap

_Shown = tuple[PhoneTag, PhoneSoftware, str]


class Outbox:
    """Keeps the newest registration per MAC until it is delivered, at most *limit*; the oldest is lost first.

    A phone that shows what it showed at its last delivery is not sent again within *remember_for*: a refresh costs no
    write, and a phone that somebody deleted from the queue is back after that time at the latest.
    """

    def __init__(self, *, remember_for: timedelta, limit: int) -> None:
        self._limit = limit
        self._waiting: dict[MacAddress, DetectedPhone] = {}
        self._delivered = ExpiringMap[MacAddress, _Shown](life=remember_for, limit=limit)
        self.lost = 0

    def add(self, phone: DetectedPhone) -> bool:
        """Take a phone; False for the refresh of one that is known and unchanged."""
        mac = phone.tag.mac
        if mac not in self._waiting and self._delivered.get(mac, now=phone.seen_at) == _shown(phone):
            return False
        self._waiting.pop(mac, None)
        self._waiting[mac] = phone
        if len(self._waiting) > self._limit:
            del self._waiting[next(iter(self._waiting))]
            self.lost += 1
        return True

    def waiting(self, limit: int) -> list[DetectedPhone]:
        """Up to *limit* phones, the longest waiting first."""
        return [phone for phone, _ in zip(self._waiting.values(), range(limit), strict=False)]

    def delivered(self, phones: Sequence[DetectedPhone]) -> None:
        """These were handed over."""
        for phone in phones:
            self._waiting.pop(phone.tag.mac, None)
            self._delivered.set(phone.tag.mac, _shown(phone), now=phone.seen_at)


def _shown(phone: DetectedPhone) -> _Shown:
    return phone.tag, phone.software, phone.contact_host
