import re

from hypothesis import given

from autoprov_phones.derived_secret import derive_own_token, derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.unique_id import issue_unique_id
from tests.autoprov_phones.strategies import keys, macs

KEY = b"an installation's key"
MAC = MacAddress("0004f2abcdef")


def test_the_password_of_a_phone_never_changes() -> None:
    assert derive_sip_password(MAC, key=KEY) == "XM7IKSCUEWZI64A6URNNZIUI"


@given(macs, keys)
def test_it_needs_no_escaping_anywhere(mac: MacAddress, key: bytes) -> None:
    assert re.fullmatch(r"[A-Z2-7]{24}", derive_sip_password(mac, key=key))


@given(macs, macs)
def test_phones_have_passwords_of_their_own(one: MacAddress, other: MacAddress) -> None:
    assert (derive_sip_password(one, key=KEY) == derive_sip_password(other, key=KEY)) == (one == other)


def test_installations_have_passwords_of_their_own() -> None:
    assert derive_sip_password(MAC, key=KEY) != derive_sip_password(MAC, key=b"another installation's key")


def test_the_id_on_the_screen_says_nothing_of_it() -> None:
    assert str(issue_unique_id(MAC, key=KEY)) not in derive_sip_password(MAC, key=KEY)


def test_the_directory_that_a_phone_has_in_its_flash_never_changes() -> None:
    assert derive_own_token(MAC, key=KEY) == "7KJAPQYFU6JEFX7BMEYWPCXPITWZHORL"


@given(macs, keys)
def test_a_directorys_name_says_nothing_of_the_password_and_fits_into_a_url(mac: MacAddress, key: bytes) -> None:
    token = derive_own_token(mac, key=key)
    assert re.fullmatch(r"[A-Z2-7]{32}", token)
    assert not token.startswith(derive_sip_password(mac, key=key)[:8])


def test_the_whole_key_counts() -> None:
    one, other = b"k" * 31 + b"1", b"k" * 31 + b"2"
    assert derive_own_token(MAC, key=one)[:8] != derive_own_token(MAC, key=other)[:8]
    assert derive_sip_password(MAC, key=one)[:8] != derive_sip_password(MAC, key=other)[:8]
