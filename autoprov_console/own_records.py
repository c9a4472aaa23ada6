"""The table where the config system tells nothing of its phones: what our own queue knows of those that we sent. Pure.

Who has a line is not among it. So nothing is called unassigned here, and nothing can be assigned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from autoprov_console.phone_filter import FilterMode, PhoneFilter
from autoprov_console.phone_list import LastSeen
from autoprov_console.phone_row import PhoneRow, phone_row
from autoprov_console.row_page import RowPage, row_page
from autoprov_phones.description import describe
from autoprov_queue.entry import EntryState, QueueEntry
from sipxconfig_client.values import Phone

_STATES = {
    EntryState.WAITING: "waiting",
    EntryState.CLAIMED: "being sent",
    EntryState.CREATED: "sent",
    EntryState.REFUSED: "refused",
}


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A phone as we know it, where it stands on its way, and the config system's last answer in words."""

    phone: PhoneRow
    state: str
    is_refused: bool
    answer: str


@dataclass(frozen=True, slots=True)
class RecordList:
    """What the page shows; *record_count* is of all records, *reason* why it shows no more."""

    filter: PhoneFilter
    page: RowPage[RecordRow]
    record_count: int
    reason: str


def record_list(
    entries: Sequence[QueueEntry],
    *,
    filter: PhoneFilter,  # noqa: A002 - as in phone_list
    page_number: int,
    page_size: int,
    last_seen: LastSeen,
    now: datetime,
    reason: str,
) -> RecordList:
    """What a search leaves of *entries*, the first seen last; any other filter shows all, for lines are not known."""
    if not filter.is_search:
        filter = PhoneFilter(FilterMode.ALL)  # noqa: A001 - as above
    known = [(entry, _as_phone(number, entry)) for number, entry in enumerate(entries, start=1)]
    shown = [each for each in reversed(known) if not filter.is_search or filter.admits(each[1])]
    page = row_page(shown, number=page_number, size=page_size)
    seen = last_seen([entry.phone.tag.mac for entry, _ in page.rows])
    rows = [
        RecordRow(
            phone=phone_row(phone, last_seen=seen.get(entry.phone.tag.mac), is_id_doubled=False, now=now),
            state=_STATES[entry.state],
            is_refused=entry.state is EntryState.REFUSED,
            answer=entry.last_answer,
        )
        for entry, phone in page.rows
    ]
    return RecordList(filter, RowPage(rows, page.number, page.page_count, page.total), len(entries), reason)


def _as_phone(number: int, entry: QueueEntry) -> Phone:
    """As the config system would show it; its id stands for the row alone."""
    software = entry.phone.software
    return Phone(
        id=number,
        serial_number=str(entry.phone.tag.mac),
        model_id="",
        model_label=software.model.replace("_", " "),
        version=None,
        description=describe(entry.phone).text,
        lines=(),
    )
