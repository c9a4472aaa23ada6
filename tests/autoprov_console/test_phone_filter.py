import pytest

from autoprov_console.phone_filter import FilterMode, PhoneFilter, read_filter
from autoprov_phones.description import Description
from autoprov_phones.unique_id import UniqueId
from sipxconfig_client.values import Line, Phone

OURS = Description(UniqueId("KTM4PX"), "10.1.2.31", "5.9.5.0614").text
LINE = Line("201", "Ada", "secret", "pbx.example.org", None, "201")


def phone(description: str = OURS, *, serial_number: str = "0004f2abcdef", lines: tuple[Line, ...] = ()) -> Phone:
    return Phone(1000, serial_number, "polycomVVX410", "Polycom VVX 410", "polycom5.5.2", description, lines)


def found(text: str, among: Phone | None = None) -> bool:
    return read_filter("search", text).admits(among or phone())


def test_unassigned_is_zero_lines_of_any_kind() -> None:
    waiting = PhoneFilter(FilterMode.UNASSIGNED)
    assert waiting.admits(phone())
    assert waiting.admits(phone("made by hand"))
    assert not waiting.admits(phone(lines=(LINE,)))


def test_all_is_all() -> None:
    assert PhoneFilter(FilterMode.ALL).admits(phone(lines=(LINE,)))


@pytest.mark.parametrize("text", ["KTM4PX", "ktm4px", " ktm4", "4px", "ID: KTM4PX", "id:ktm4px"])
def test_a_search_finds_the_unique_id_in_any_case(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text", ["0004f2abcdef", "0004F2ABCDEF", "00:04:f2:ab:cd:ef", "00-04-F2", "0004.f2ab.cdef", "ab cd", "cdef"]
)
def test_a_search_finds_the_mac_in_any_spelling(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", ["10.1.2.31", "10.1.2", "10.1.", "10"])
def test_a_search_finds_the_address_from_its_start(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize("text", ["HL2", "hl2", "ID: HL2", "sipXecs ID: HL2"])
def test_a_search_finds_the_id_that_sipxecs_shows(text: str) -> None:
    for description in (OURS, OURS.replace("  IP", "  sipXecs ID: HL2\n  IP"), "made by hand"):
        assert found(text, phone(description, serial_number="0004f200e06b"))
    assert not found(text, phone(serial_number="0004f200e06c"))


def test_an_address_is_not_taken_for_a_mac() -> None:
    assert not found("10.1.2", phone("by hand", serial_number="0004f2001012"))
    assert not found("1.2.31")


def test_a_search_finds_the_tag_that_the_pbx_shows() -> None:
    assert found("KTM4PX-0004f2abcdef")
    assert not found("KTM4PX-0004f2000000")


def test_a_search_finds_an_administrators_words() -> None:
    assert found("second", phone("Reception, Second floor"))
    assert found("ktm4px", phone(OURS + "\nmoved to the second floor"))


@pytest.mark.parametrize("text", ["", "  ", "zzz", "-", ":", "Auto-provisioned", "ID:"])
def test_a_search_for_nothing_in_particular_finds_nothing(text: str) -> None:
    assert not found(text)


def test_a_softphone_is_found_by_its_serial_number() -> None:
    assert found("ann", phone("", serial_number="soft-Ann"))


@pytest.mark.parametrize("mode", [None, "", "x", "ALL"])
def test_an_unknown_mode_is_the_one_that_the_page_opens_with(mode: str | None) -> None:
    assert read_filter(mode, "ktm") == PhoneFilter(FilterMode.UNASSIGNED)


def test_a_filter_and_its_query_are_inverse() -> None:
    for given in (PhoneFilter(FilterMode.ALL), PhoneFilter(FilterMode.SEARCH, "a&b"), PhoneFilter(FilterMode.SEARCH)):
        query = given.query(page=1)
        assert read_filter(query.get("filter"), query.get("text")) == given
    assert PhoneFilter(FilterMode.ALL).query(page=3) == {"filter": "all", "page": "3"}
