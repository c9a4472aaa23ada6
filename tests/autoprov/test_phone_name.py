import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov.phone_name import PhoneName, PhoneNameError, SipxecsId, read_phone_name
from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import ALPHABET, MAX_LENGTH, MIN_LENGTH, UniqueId

MAC = MacAddress("0004f2abcdef")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0004F2-ABCDEF", MAC),
        (" 00:04:f2:ab:cd:ef ", MAC),
        ("KTM4PX-0004f2abcdef", MAC),
        (" ktm4px ", UniqueId("KTM4PX")),
        ("hl2", SipxecsId("HL2")),
    ],
)
def test_a_phone_is_named_by_its_mac_its_tag_or_the_id_on_its_screen(text: str, meant: PhoneName) -> None:
    assert read_phone_name(text) == meant


@pytest.mark.parametrize("text", ["", "KTM4PO", "K", "KT9", "0004f2abcde", "x-0004f2abcdef", "ſl2"])
def test_what_no_phone_shows_is_refused_with_an_example_of_what_one_does(text: str) -> None:
    with pytest.raises(PhoneNameError, match=r"is not a MAC address such as .* KTM4PX, in which there are no vowels"):
        read_phone_name(text)


def test_what_is_said_of_the_symbols_of_an_id_is_so() -> None:
    assert not set("AEIOU016") & set(ALPHABET)


@given(st.integers(0, 2**48 - 1).map(lambda number: MacAddress(f"{number:012x}")))
def test_every_id_that_sipxecs_shows_is_read_back(mac: MacAddress) -> None:
    assert read_phone_name(short_hash(mac).lower()) == SipxecsId(short_hash(mac))


@given(st.text(st.sampled_from(ALPHABET), min_size=MIN_LENGTH, max_size=MAX_LENGTH))
def test_every_id_of_ours_is_read_back(text: str) -> None:
    assert read_phone_name(text.lower()) == UniqueId(text)


@given(st.text())
def test_whatever_is_typed_there_is_an_answer_or_our_error(text: str) -> None:
    try:
        read_phone_name(text)
    except PhoneNameError:
        return
