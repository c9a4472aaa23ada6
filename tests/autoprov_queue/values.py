"""Phones as the hook hands them over, and a clock that the test moves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag, issue_phone_tag
from autoprov_phones.unique_id import UniqueId

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MAC = MacAddress("0004f2abcdef")
OTHER_MAC = MacAddress("64167f000001")
KEY = b"k" * 32


@dataclass(slots=True)
class HandClock:
    """Shows *now* until the test moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


def nth_mac(number: int) -> MacAddress:
    return MacAddress(f"0004f2{number:06x}")


def detected(
    mac: MacAddress = MAC,
    *,
    contact_host: str = "192.168.7.31",
    firmware: str = "5.9.5.0614",
    model: str = "VVX_410",
    unique_id: str | None = None,
    seen_at: datetime = NOON,
) -> DetectedPhone:
    tag = issue_phone_tag(mac, key=KEY, length=6)
    if unique_id is not None:
        tag = PhoneTag(UniqueId(unique_id), mac)
    software = PhoneSoftware("polycom", model.partition("_")[0], model, firmware)
    return DetectedPhone(tag, software, contact_host, seen_at)
