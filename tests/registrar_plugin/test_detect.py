from dataclasses import replace
from datetime import timedelta

import pytest

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.phone_tag import issue_phone_tag
from registrar_plugin.detect import NotOurs, detect
from registrar_plugin.registration import AcceptedRegistration
from tests.registrar_plugin.registrations import KEY, registration, tag

VVX = registration()
TAG = tag(1)


def found(told: AcceptedRegistration, *, user: str = "~~id~autoprovision", key: bytes = KEY) -> object:
    return detect(told, autoprovision_user=user, key=key, id_length=6)


def test_a_phone_of_ours_is_detected_with_all_it_said() -> None:
    phone = found(VVX)
    assert isinstance(phone, DetectedPhone)
    assert (phone.tag, phone.contact_host, phone.seen_at) == (TAG, "192.0.2.31", VVX.received_at)
    assert (phone.software.model, phone.software.firmware) == ("VVX_410", "5.9.5.0614")


def test_a_tag_of_a_raised_generation_is_ours_too() -> None:
    tag = issue_phone_tag(TAG.mac, key=KEY, generation=3, length=6)
    assert isinstance(found(replace(VVX, display_name=str(tag))), DetectedPhone)


def test_a_user_agent_may_say_the_same_mac() -> None:
    assert isinstance(found(replace(VVX, user_agent="PolycomVVX-VVX_410-UA/5.9.5.0614_0004f2000001")), DetectedPhone)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (replace(VVX, user="1013"), NotOurs.OTHER_USER),
        (replace(VVX, is_query=True, expires=timedelta(0)), NotOurs.QUERY),
        (replace(VVX, expires=timedelta(0)), NotOurs.REMOVAL),
        (replace(VVX, display_name="Pierre Test"), NotOurs.NO_TAG),
        (replace(VVX, display_name=f"{TAG.unique_id}-0004f2000002"), NotOurs.FORGED_TAG),
        (replace(VVX, user_agent="sipsak 0.9.8.1"), NotOurs.UNKNOWN_USER_AGENT),
        (replace(VVX, user_agent=""), NotOurs.UNKNOWN_USER_AGENT),
        (
            replace(VVX, user_agent="PolycomVVX-VVX_410-UA/5.9.5.0614_0004f2000002"),
            NotOurs.USER_AGENT_OTHER_MAC,
        ),
        (replace(VVX, contact_host=None), NotOurs.NO_CONTACT_HOST),
    ],
)
def test_what_is_not_ours_says_why(told: AcceptedRegistration, reason: NotOurs) -> None:
    assert found(told) is reason


def test_a_tag_of_another_installation_is_not_ours() -> None:
    assert found(VVX, key=b"another installation's key") is NotOurs.FORGED_TAG


def test_an_address_of_record_that_begins_with_the_user_counts_where_it_is_told_to() -> None:
    told = replace(VVX, user="~~id~autoprovision~HL2", address_of_record="sip:~~id~autoprovision~HL2@pbx")
    assert found(told) is NotOurs.OTHER_USER
    taken = detect(told, autoprovision_user="~~id~autoprovision", key=KEY, id_length=6, takes_longer_users=True)
    assert isinstance(taken, DetectedPhone)


@pytest.mark.parametrize("user", ["200", "~~id~auto", "x~~id~autoprovision", ""])
def test_a_user_that_only_resembles_it_does_not(user: str) -> None:
    told = replace(VVX, user=user)
    taken = detect(told, autoprovision_user="~~id~autoprovision", key=KEY, id_length=6, takes_longer_users=True)
    assert taken is NotOurs.OTHER_USER


def test_a_tag_whose_id_is_shorter_than_ours_is_forged() -> None:
    short = issue_phone_tag(TAG.mac, key=KEY, length=4)
    assert found(replace(VVX, display_name=str(short))) is NotOurs.FORGED_TAG
