"""How a person names a phone: by its MAC address, or by the ID on its screen. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_phones.phone_tag import PhoneTag, PhoneTagSyntaxError
from autoprov_phones.short_hash import ALPHABET as SIPXECS_ALPHABET
from autoprov_phones.short_hash import LENGTH as SIPXECS_LENGTH
from autoprov_phones.unique_id import UniqueId, UniqueIdSyntaxError


class PhoneNameError(ValueError):
    """The text is neither a MAC address nor an ID that a screen could show."""


@dataclass(frozen=True, slots=True)
class SipxecsId:
    """What sipXecs itself shows on the screen of an unassigned phone, upper-case (``short_hash``)."""

    text: str

    def __str__(self) -> str:
        return self.text


PhoneName: TypeAlias = MacAddress | UniqueId | SipxecsId


def read_phone_name(text: str) -> PhoneName:
    """What was typed: a MAC in any spelling, a phone tag, of which the MAC counts, or an ID in upper or lower case.

    Raises:
        PhoneNameError: the only exception, whatever *text* holds.
    """
    for read in (MacAddress.parse, _mac_of_tag, UniqueId.parse):
        try:
            return read(text)
        except (MacSyntaxError, PhoneTagSyntaxError, UniqueIdSyntaxError):
            continue
    shown = text.strip().upper()
    if text.isascii() and len(shown) == SIPXECS_LENGTH and set(shown) <= set(SIPXECS_ALPHABET):
        return SipxecsId(shown)
    raise PhoneNameError(
        f"{text[:40]!r} is not a MAC address such as 0004f2abcdef or 00:04:F2:AB:CD:EF, nor an ID such as KTM4PX, "
        "in which there are no vowels and no 0, 1 or 6"
    )


def _mac_of_tag(text: str) -> MacAddress:
    return PhoneTag.parse(text).mac
