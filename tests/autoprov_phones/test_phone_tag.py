import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import (
    MAX_GENERATION,
    PhoneTag,
    PhoneTagSyntaxError,
    is_issued_by,
    issue_phone_tag,
)
from autoprov_phones.unique_id import UniqueId
from tests.autoprov_phones.strategies import generations, keys, lengths, macs, tags

MAC = MacAddress("0004f2abcdef")
KEY = b"key of the frozen vectors"


def test_a_tag_is_the_id_a_hyphen_and_the_mac() -> None:
    assert str(PhoneTag(UniqueId("KTM4PX"), MAC)) == "KTM4PX-0004f2abcdef"


def test_an_upgrade_never_changes_a_tag() -> None:
    assert str(issue_phone_tag(MAC, key=KEY, length=6)) == "4MMXTV-0004f2abcdef"
    assert str(issue_phone_tag(MAC, key=KEY, generation=1, length=6)) == "9CW887-0004f2abcdef"


@given(tags)
def test_a_tag_reads_back(tag: PhoneTag) -> None:
    assert PhoneTag.parse(str(tag)) == tag
    assert PhoneTag.parse(f"  {str(tag).lower()} ") == tag
    assert PhoneTag.parse(f"{tag.unique_id}-{tag.mac.colons.upper()}") == tag


@pytest.mark.parametrize(
    "text",
    ["", "-", "KTM4PX", "KTM4PX-", "-0004f2abcdef", "KTM4PX 0004f2abcdef", "ID: HL2", "Pierre Test", "KTM4PX-1013"],
)
def test_another_display_name_is_no_tag(text: str) -> None:
    with pytest.raises(PhoneTagSyntaxError):
        PhoneTag.parse(text)


@given(st.text() | st.from_regex(r"\s*\w*-[\w:.-]*\s*"))
def test_any_text_is_a_tag_or_our_error(text: str) -> None:
    try:
        tag = PhoneTag.parse(text)
    except PhoneTagSyntaxError:
        return
    assert PhoneTag.parse(str(tag)) == tag


@given(macs, keys, generations, lengths)
def test_our_own_tag_is_known_in_every_generation(mac: MacAddress, key: bytes, generation: int, length: int) -> None:
    assert is_issued_by(issue_phone_tag(mac, key=key, generation=generation, length=length), key=key, length=length)


def test_a_tag_of_another_installation_is_not_ours() -> None:
    foreign = issue_phone_tag(MAC, key=b"another installation's key", length=6)
    assert not is_issued_by(foreign, key=KEY, length=6)


def test_an_id_on_another_phone_is_not_ours() -> None:
    ours = issue_phone_tag(MAC, key=KEY, length=6)
    assert not is_issued_by(PhoneTag(ours.unique_id, MacAddress("0004f2abcdf0")), key=KEY, length=6)


def test_a_generation_above_the_highest_is_not_ours() -> None:
    beyond = issue_phone_tag(MAC, key=KEY, generation=MAX_GENERATION + 1, length=6)
    assert not is_issued_by(beyond, key=KEY, length=6)


def test_the_beginning_of_an_id_is_too_easy_to_guess_and_a_longer_one_is_not() -> None:
    short, long = (issue_phone_tag(MAC, key=KEY, length=length) for length in (4, 8))
    assert not is_issued_by(short, key=KEY, length=6)
    assert is_issued_by(long, key=KEY, length=6)
