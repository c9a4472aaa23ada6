from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from autoprov_console.phone_filter import FilterMode, PhoneFilter
from autoprov_console.phone_list import PhoneList, phone_list
from autoprov_phones.description import Description
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import UniqueId
from sipxconfig_client.values import Line, Phone

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LINE = Line("201", "Ada", "secret", "pbx.example.org", None, "201")


def phone(number: int, *, unique_id: str = "", lines: tuple[Line, ...] = ()) -> Phone:
    description = Description(UniqueId(unique_id), "", "").text if unique_id else ""
    return Phone(number, f"0004f2{number:06x}", "polycomVVX410", "Polycom VVX 410", None, description, lines)


def listed(phones: Sequence[Phone], mode: FilterMode = FilterMode.ALL, *, page_number: int = 1) -> PhoneList:
    asked: list[MacAddress] = []

    def last_seen(macs: Sequence[MacAddress]) -> Mapping[MacAddress, datetime]:
        asked.extend(macs)
        return {}

    view = phone_list(
        phones, filter=PhoneFilter(mode), page_number=page_number, page_size=2, last_seen=last_seen, now=NOW
    )
    assert asked == [row.mac for row in view.page.rows]
    return view


def ids(view: PhoneList) -> list[int]:
    return [row.phone_id for row in view.page.rows]


def test_the_newest_phone_stands_first() -> None:
    assert ids(listed([phone(1), phone(3), phone(2)])) == [3, 2]
    assert ids(listed([phone(1), phone(3), phone(2)], page_number=2)) == [1]


def test_the_counts_are_of_all_phones() -> None:
    phones = [phone(1), phone(2, lines=(LINE,)), phone(3), phone(4)]
    view = listed(phones, FilterMode.UNASSIGNED)
    assert (view.page.total, view.phone_count, view.unassigned_count) == (3, 4, 3)
    assert view.summary == "unassigned, of 4 in all"
    assert listed(phones).summary == "3 unassigned"


def test_an_id_that_two_waiting_phones_show_is_flagged_on_both() -> None:
    view = listed([phone(1, unique_id="KTM4PX"), phone(2, unique_id="KTM4PX")])
    assert [row.is_id_doubled for row in view.page.rows] == [True, True]
    assert view.id_clash


def test_an_id_of_an_assigned_phone_clashes_with_none_because_its_screen_shows_the_line() -> None:
    assert not listed([phone(1, unique_id="KTM4PX", lines=(LINE,)), phone(2, unique_id="KTM4PX")]).id_clash


def test_phones_without_an_id_do_not_clash() -> None:
    assert not listed([phone(1), phone(2)]).id_clash
