import pytest
from hypothesis import given

from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import ALPHABET, LENGTH, short_hash
from tests.autoprov_phones.strategies import macs


# As a sipXecs 20.04 computed them.
@pytest.mark.parametrize(
    ("mac", "expected"),
    [
        ("0004f200e06b", "HL2"),
        ("000000c0ffee", "UU5"),
        ("0004f2000001", "Y7L"),
        ("0004f2000002", "YX1"),
        ("64167f123456", "44Y"),
    ],
)
def test_the_id_is_the_one_that_sipxecs_shows(mac: str, expected: str) -> None:
    assert short_hash(MacAddress(mac)) == expected


@given(macs)
def test_every_mac_has_one_in_sipxecs_alphabet(mac: MacAddress) -> None:
    text = short_hash(mac)
    assert len(text) == LENGTH
    assert set(text) <= set(ALPHABET)


def test_a_box_of_phones_has_ids_twice() -> None:
    box = [MacAddress(f"0004f2{number:06x}") for number in range(0x1000, 0x1032)]
    assert len({short_hash(mac) for mac in box}) < len(box)
