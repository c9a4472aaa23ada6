import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress, MacSyntaxError
from tests.autoprov_phones.strategies import macs

MAC = MacAddress("0004f2abcdef")

SPELLINGS = [
    "0004f2abcdef",
    "0004F2ABCDEF",
    "00:04:f2:ab:cd:ef",
    "00:04:F2:AB:CD:EF",
    "00-04-F2-AB-CD-EF",
    "0004.f2ab.cdef",
    "0004-f2ab-cdef",
    "00 04 f2 ab cd ef",
    " 0004f2abcdef ",
]

NO_MACS = [
    "",
    "0004f2abcde",
    "0004f2abcdef0",
    "0004f2abcdeg",
    "0x04f2abcdef",
    "0004f2abcdef\n",
    "00:04:f2:ab:cd:ef/24",
    "٠٠٠٤f2abcdef",
    "０００４f2abcdef",
    "KTM4PX-0004f2abcdef",
    "0" * 1_000_000,
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_any_usual_spelling_is_read(text: str) -> None:
    assert MacAddress.parse(text) == MAC


@pytest.mark.parametrize("text", NO_MACS, ids=lambda text: repr(text[:20]))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MacSyntaxError):
        MacAddress.parse(text)


@given(macs, st.sampled_from(["", ":", "-", ".", " "]), st.sampled_from([2, 4, 6, 12]), st.booleans())
def test_every_mac_is_read_in_every_spelling(mac: MacAddress, separator: str, group: int, upper: bool) -> None:
    spelled = separator.join(mac.hex[i : i + group] for i in range(0, 12, group))
    assert MacAddress.parse(spelled.upper() if upper else spelled) == mac
    assert MacAddress.parse(str(mac)) == mac
    assert MacAddress.parse(mac.colons) == mac


@given(st.text())
def test_any_text_is_a_mac_or_our_error(text: str) -> None:
    try:
        mac = MacAddress.parse(text)
    except MacSyntaxError:
        return
    assert str(mac) == mac.hex
    assert len(mac.hex) == 12


def test_only_the_canonical_form_can_be_built() -> None:
    with pytest.raises(MacSyntaxError):
        MacAddress("0004F2ABCDEF")


def test_a_mac_shows_its_forms() -> None:
    assert str(MAC) == "0004f2abcdef"
    assert MAC.colons == "00:04:f2:ab:cd:ef"
    assert MAC.oui == "0004f2"


def test_the_error_quotes_no_more_than_forty_characters() -> None:
    with pytest.raises(MacSyntaxError) as caught:
        MacAddress.parse("z" * 5000)
    assert len(str(caught.value)) < 100
