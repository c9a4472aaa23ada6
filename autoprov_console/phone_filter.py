"""The drop-down above the table: which phones it shows. Words and order are sipXconfig's (contract 5)."""

import re
from dataclasses import dataclass
from enum import Enum

from autoprov_phones.description import parse_description
from autoprov_phones.phone_tag import PhoneTag, PhoneTagSyntaxError
from autoprov_phones.short_hash import short_hash
from sipxconfig_client.values import Phone

MAX_TEXT = 100
_IP_ADDRESS = re.compile(r"\d{1,3}(\.\d{0,3}){1,3}")
_MAC_SEPARATORS = str.maketrans("", "", ":-. ")
_HEX_DIGITS = frozenset("0123456789abcdef")


class FilterMode(Enum):
    """The entries of the drop-down, in its order; the value stands in the page's address."""

    ALL = "all"
    UNASSIGNED = "unassigned"
    SEARCH = "search"

    @property
    def label(self) -> str:
        """The entry as shown, e.g. ``- unassigned -``."""
        return f"- {self.value} -"


@dataclass(frozen=True, slots=True)
class PhoneFilter:
    """The modes exclude each other: *text* counts under ``- search -`` alone."""

    mode: FilterMode
    text: str = ""

    @property
    def is_search(self) -> bool:
        """Whether the text box is shown."""
        return self.mode is FilterMode.SEARCH

    def query(self, *, page: int) -> dict[str, str]:
        """The query parameters of this filter's list at *page*."""
        text = {"text": self.text} if self.text else {}
        return {"filter": self.mode.value, **text, **({"page": str(page)} if page > 1 else {})}

    def admits(self, phone: Phone) -> bool:
        """Whether the table shows *phone*. A search for nothing finds nothing."""
        match self.mode:
            case FilterMode.ALL:
                return True
            case FilterMode.UNASSIGNED:
                return phone.is_unassigned
            case FilterMode.SEARCH:
                text = self.text.casefold().removeprefix("sipxecs").strip().removeprefix("id:").strip()
                return bool(text) and _is_found(phone, text)


def read_filter(mode: str | None, text: str | None) -> PhoneFilter:
    """The filter that a page's address names; an unknown or missing *mode* is ``- unassigned -``."""
    try:
        chosen = FilterMode(mode)
    except ValueError:
        chosen = FilterMode.UNASSIGNED
    return PhoneFilter(chosen, (text or "").strip()[:MAX_TEXT] if chosen is FilterMode.SEARCH else "")


def _is_found(phone: Phone, text: str) -> bool:
    """By either ID, MAC in any spelling, IP address from its start, a whole phone tag, or words in the Description.

    The ID of sipXecs is looked for whole, as three characters stand in many a unique ID too; it is computed, because
    phones that somebody else created show it as well.
    """
    said = parse_description(phone.description)
    if said is None:
        by_description = text in phone.description.casefold()
    else:
        by_description = text in said.unique_id.text.casefold() or said.contact_host.casefold().startswith(text)
    by_sipxecs_id = phone.mac is not None and text.upper() == short_hash(phone.mac)
    return by_description or by_sipxecs_id or _mac_part(text) in phone.serial_number.casefold()


def _mac_part(text: str) -> str:
    """The hex digits that *text* spells, or something that no MAC contains.

    An address like ``10.1.2`` is hex digits with separators too, but nobody who types it means a MAC.
    """
    try:
        return PhoneTag.parse(text).mac.hex
    except PhoneTagSyntaxError:
        digits = text.translate(_MAC_SEPARATORS)
    is_mac = _HEX_DIGITS.issuperset(digits) and digits and not _IP_ADDRESS.fullmatch(text)
    return digits if is_mac else text
