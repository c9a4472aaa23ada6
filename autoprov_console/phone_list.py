"""The table as a whole: filtered, newest first, one page of it. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autoprov_console.phone_filter import FilterMode, PhoneFilter
from autoprov_console.phone_row import PhoneRow, phone_row
from autoprov_console.row_page import RowPage, row_page
from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress
from sipxconfig_client.values import Phone

LastSeen = Callable[[Sequence[MacAddress]], Mapping[MacAddress, datetime]]
"""When each phone was last seen; a phone never seen is left out."""


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What stands in the place of an empty table: what it means, and what to do next."""

    heading: str
    advice: str


@dataclass(frozen=True, slots=True)
class PhoneList:
    """What the page shows. *phone_count* and *unassigned_count* are of all phones, whatever the filter."""

    filter: PhoneFilter
    page: RowPage[PhoneRow]
    phone_count: int
    unassigned_count: int

    @property
    def summary(self) -> str:
        """The words beside the number of rows."""
        match self.filter.mode:
            case FilterMode.ALL:
                return f"{self.unassigned_count} unassigned"
            case FilterMode.UNASSIGNED:
                return f"unassigned, of {self.phone_count} in all"
            case FilterMode.SEARCH:
                return f"found, of {self.phone_count} in all"

    @property
    def id_clash(self) -> bool:
        """Whether a row of this page shows an ID that another phone shows too."""
        return any(row.is_id_doubled for row in self.page.rows)

    @property
    def empty(self) -> EmptyState:
        """What to say where there is no row."""
        return _empty_state(self.filter, self.phone_count)


def phone_list(
    phones: Sequence[Phone],
    *,
    filter: PhoneFilter,  # noqa: A002 - the word that sipXconfig and its users have for it
    page_number: int,
    page_size: int,
    last_seen: LastSeen,
    now: datetime,
) -> PhoneList:
    """What *filter* leaves of all *phones*; the highest id is the newest. *last_seen* is asked for one page."""
    shown = sorted((phone for phone in phones if filter.admits(phone)), key=lambda phone: phone.id, reverse=True)
    page = row_page(shown, number=page_number, size=page_size)
    seen = last_seen([phone.mac for phone in page.rows if phone.mac is not None])
    doubled = _doubled_ids(phones)
    rows = [
        phone_row(
            phone,
            last_seen=None if phone.mac is None else seen.get(phone.mac),
            is_id_doubled=_unique_id(phone) in doubled,
            now=now,
        )
        for phone in page.rows
    ]
    return PhoneList(
        filter=filter,
        page=RowPage(rows, page.number, page.page_count, page.total),
        phone_count=len(phones),
        unassigned_count=sum(phone.is_unassigned for phone in phones),
    )


def _doubled_ids(phones: Sequence[Phone]) -> frozenset[str]:
    """IDs that two unassigned phones show; an assigned phone shows its line's label and no ID."""
    counts = Counter(_unique_id(phone) for phone in phones if phone.is_unassigned)
    return frozenset(unique_id for unique_id, count in counts.items() if unique_id and count > 1)


def _unique_id(phone: Phone) -> str:
    said = parse_description(phone.description)
    return "" if said is None else said.unique_id.text


def _empty_state(filter: PhoneFilter, phone_count: int) -> EmptyState:  # noqa: A002 - as above
    match filter.mode:
        case FilterMode.SEARCH if not filter.text:
            return EmptyState(
                "What are you looking for?",
                "Type the unique ID on the phone’s screen, its MAC or any part of it, or how its IP address begins.",
            )
        case FilterMode.SEARCH:
            return EmptyState(
                "No phone found",
                f"Nothing matches “{filter.text}”. A phone that has just booted needs a few seconds to appear. "
                "Check the ID on its screen; it has no vowels and none of 0, 1 and 6.",
            )
        case FilterMode.UNASSIGNED if phone_count:
            return EmptyState(
                "Every phone has a line",
                "Plug in another phone: within a minute of its boot it stands here, under the ID on its screen.",
            )
        case FilterMode.UNASSIGNED | FilterMode.ALL:
            return EmptyState(
                "No phones yet",
                "Plug a phone in and let it boot. If it has not shown a unique ID after a few minutes, "
                "look whether it asks the right boot server: autoprov check names what is wrong on this side.",
            )
