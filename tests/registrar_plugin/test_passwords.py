from datetime import timedelta

import pytest

from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, issue_phone_tag
from autoprov_phones.unique_id import UniqueId
from registrar_plugin.passwords import KnownPassword, OldPassword, Passwords
from registrar_plugin.sip.digest import parse_credentials
from tests.peers.polycom import PASSWORD, credentials
from tests.registrar_plugin.exchange import NOW, Exchange, settings

KEY = b"an installation's key"
MINE, OTHERS = MacAddress("0004f2000001"), MacAddress("0004f2000002")


def password_of(mac: MacAddress, key: bytes = KEY) -> str:
    return derive_sip_password(mac, key=key)


def tag_of(mac: MacAddress, key: bytes = KEY, generation: int = 0) -> str:
    return str(issue_phone_tag(mac, key=key, generation=generation, length=6))


@pytest.fixture
def phone() -> Exchange:
    """One that talks to a registrar where each phone has its own password."""
    return Exchange(settings(password=None, tag_key=KEY))


@pytest.mark.parametrize("generation", [0, 3, 15])
def test_a_phone_registers_with_its_own_password_under_whichever_id(phone: Exchange, generation: int) -> None:
    response = phone.register(display_name=tag_of(MINE, generation=generation), password=password_of(MINE))
    assert response.status == 200
    assert phone.registrar.binding_of(MINE, now=NOW) is not None


def test_the_digest_user_may_name_the_phone_too(phone: Exchange) -> None:
    authorization = credentials(phone.challenge(), password=password_of(MINE), username=f"~~id~autoprovision/{MINE}")
    assert phone.ask(display_name=tag_of(MINE), authorization=authorization).status == 200


WRONG = {
    "another phone's password": (tag_of(OTHERS), password_of(MINE)),
    "a wrong password": (tag_of(MINE), "wrong"),
    "an ID that is not this phone's": (str(PhoneTag(UniqueId("KKKKKK"), MINE)), password_of(MINE)),
    "another installation's tag": (tag_of(MINE, b"theirs"), password_of(MINE)),
    "another installation's tag and password": (tag_of(MINE, b"theirs"), password_of(MINE, b"theirs")),
    "no tag": ("Ada", password_of(MINE)),
    "no display name": (None, password_of(MINE)),
    "the password of no phone": (None, password_of(MacAddress("000000000000"))),
    "no password": (tag_of(MINE), ""),
}


@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_wrong_the_answers_are_the_same(phone: Exchange, what: str) -> None:
    display_name, password = WRONG[what]
    told = [phone.register(display_name=display_name, password=password) for _ in range(6)]
    assert [(response.status, response.reason) for response in told] == [
        *[(401, "Unauthorized")] * 5,
        (403, "Wrong Password Too Often"),
    ]
    assert phone.accepted == []
    assert [phone.registrar.binding_of(mac, now=NOW) for mac in (MINE, OTHERS)] == [None, None]


def test_nobody_touches_the_binding_of_another_phone(phone: Exchange) -> None:
    phone.register(display_name=tag_of(OTHERS), password=password_of(OTHERS), contact="<sip:victim@h>")
    for contact, expires in (("<sip:thief@h>", "300"), ("*", "0"), ("<sip:victim@h>", "0"), (None, None)):
        response = phone.register(
            display_name=tag_of(OTHERS), password=password_of(MINE), contact=contact, expires=expires, call_id="thief"
        )
        assert (response.status, response.headers.all("contact")) == (401, ())
    binding = phone.registrar.binding_of(OTHERS, now=NOW)
    assert binding is not None
    assert str(binding.contact.uri) == "sip:victim@h"


def test_the_shared_password_of_before_is_accepted_to_its_last_second() -> None:
    until = NOW + timedelta(days=7)
    phone = Exchange(settings(password=None, tag_key=KEY, old_password=OldPassword(PASSWORD, until)))
    asked = {"display_name": tag_of(MINE), "password": PASSWORD}
    phone.now = until - timedelta(seconds=1)
    assert phone.register(**asked).status == 200
    assert phone.register(display_name=tag_of(MINE), password=password_of(MINE)).status == 200
    phone.now = until
    assert phone.register(**asked).status == 401
    assert phone.register(display_name=tag_of(MINE), password=password_of(MINE)).status == 200


def test_a_shared_password_can_follow_another() -> None:
    phone = Exchange(settings(old_password=OldPassword("before", NOW + timedelta(days=1))))
    assert [phone.register(password=password).status for password in (PASSWORD, "before", "wrong")] == [200, 200, 401]


def test_a_password_that_stayed_the_same_is_todays() -> None:
    authorization = parse_credentials(credentials(Exchange(settings()).challenge(), password=PASSWORD))
    passwords = Passwords(PASSWORD, OldPassword(PASSWORD, NOW + timedelta(days=1)))
    assert passwords.used_in(authorization, method="REGISTER", tag=None, now=NOW) is KnownPassword.CURRENT


def test_a_password_for_each_phone_needs_the_key_of_their_tags() -> None:
    with pytest.raises(ValueError, match="the key under which their tags are issued"):
        Exchange(settings(password=None))


def test_settings_show_no_password() -> None:
    told = repr(settings(old_password=OldPassword("before", NOW), tag_key=KEY))
    assert PASSWORD not in told
    assert "before" not in told
    assert KEY.decode() not in told
