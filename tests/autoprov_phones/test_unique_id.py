import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import (
    ALPHABET,
    DEFAULT_LENGTH,
    UniqueId,
    UniqueIdSyntaxError,
    issue_unique_id,
)
from tests.autoprov_phones.strategies import generations, keys, lengths, macs, unique_ids

KEY = b"key of the frozen vectors"

# Never change these: people have written their IDs down, and an upgrade must show the same ones.
FROZEN = [
    ("0004f2abcdef", 0, "4MMXTV"),
    ("0004f2abcdef", 1, "9CW887"),
    ("0004f2abcdef", 15, "525HKK"),
    ("0004f2abcdf0", 0, "8KJVN2"),
    ("64167f9f4c90", 0, "7J75JJ"),
    ("000000000000", 0, "KXKXKF"),
    ("ffffffffffff", 15, "VVVVW7"),
]


@pytest.mark.parametrize(("mac", "generation", "unique_id"), FROZEN)
def test_an_upgrade_never_changes_an_id(mac: str, generation: int, unique_id: str) -> None:
    assert issue_unique_id(MacAddress(mac), key=KEY, generation=generation) == UniqueId(unique_id)


def test_the_settings_choose_the_length() -> None:
    mac = MacAddress("0004f2abcdef")
    issued = [str(issue_unique_id(mac, key=KEY, length=length)) for length in (4, 6, 10)]
    assert issued == ["4MMX", "4MMXTV", "4MMXTVMT7N"]


@pytest.mark.parametrize("length", [-1, 0, 3, 11, 100])
def test_a_length_out_of_range_is_refused(length: int) -> None:
    with pytest.raises(UniqueIdSyntaxError):
        issue_unique_id(MacAddress("0004f2abcdef"), key=KEY, length=length)


@given(macs, keys, generations, lengths)
def test_a_phone_shows_the_same_id_at_every_boot(mac: MacAddress, key: bytes, generation: int, length: int) -> None:
    first = issue_unique_id(mac, key=key, generation=generation, length=length)
    assert issue_unique_id(mac, key=key, generation=generation, length=length) == first
    assert len(str(first)) == length
    assert UniqueId.parse(str(first)) == first


def test_a_delivery_of_ten_thousand_phones_shows_ten_thousand_ids() -> None:
    """Chance alone would give 0.8 clashes among the 64 million; more than a few would mean a weak hash."""
    delivery = [MacAddress(f"{0x0004F2000000 + n:012x}") for n in range(10_000)]
    issued = [str(issue_unique_id(mac, key=KEY)) for mac in delivery]
    assert len(set(issued)) >= 9_995
    for position in range(DEFAULT_LENGTH):
        counts = [sum(text[position] == symbol for text in issued) for symbol in ALPHABET]
        assert min(counts) > 400, "each of the 20 symbols stands about 500 times at each place"
        assert max(counts) < 600


def test_another_key_gives_other_ids() -> None:
    mac = MacAddress("0004f2abcdef")
    assert len({issue_unique_id(mac, key=bytes([n]) * 32) for n in range(100)}) == 100


def test_each_generation_shows_another_id() -> None:
    mac = MacAddress("0004f2abcdef")
    assert len({issue_unique_id(mac, key=KEY, generation=generation) for generation in range(16)}) == 16


def test_the_alphabet_spells_no_word_and_confuses_no_reader() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 20
    assert not set(ALPHABET) & set("AEIOU")
    for alike in ("0ODQ", "1IL", "2Z", "4A", "5S", "6G", "8B", "UV"):
        assert len(set(ALPHABET) & set(alike)) <= 1


@given(unique_ids, st.sampled_from(["{}", " {} ", "\t{}\n"]), st.booleans())
def test_an_id_is_read_as_a_person_types_it(unique_id: UniqueId, form: str, lower: bool) -> None:
    typed = form.format(unique_id)
    assert UniqueId.parse(typed.lower() if lower else typed) == unique_id


@pytest.mark.parametrize("text", ["", "KTM", "KTM4PXKTM4P", "KTM0PX", "KTM4-PX", "ID: KTM4", "ﬀﬀ", "K" * 100_000])
def test_anything_else_is_no_id(text: str) -> None:
    with pytest.raises(UniqueIdSyntaxError):
        UniqueId.parse(text)


@given(st.text())
def test_any_text_is_an_id_or_our_error(text: str) -> None:
    try:
        unique_id = UniqueId.parse(text)
    except UniqueIdSyntaxError:
        return
    assert UniqueId.parse(str(unique_id)) == unique_id
