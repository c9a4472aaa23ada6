import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipxconfig_client.answers import (
    NotSipxconfigError,
    read_id,
    read_lines,
    read_models,
    read_phone,
    read_phones,
)

MODEL: dict[str, object] = {"modelId": "SPA501G", "label": "Cisco SPA501G", "vendor": None, "versions": None}
LINE: dict[str, object] = {
    "id": 5,
    "uri": '"Test User"<sip:testuser@example.org>',
    "user": "testuser",
    "userId": "testuser",
    "extension": None,
    "displayName": "Test User",
    "password": "1234",
    "registrationServer": "example.org",
    "registrationServerPort": None,
    "voicemail": None,
}
PHONE: dict[str, object] = {
    "id": 1000,
    "serialNo": "0004f2ae4838",
    "deviceVersion": None,
    "description": None,
    "model": MODEL,
    "lines": None,
    "groups": None,
}


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def test_null_lines_are_the_sign_of_an_unassigned_phone() -> None:
    assert read_phone(encoded(PHONE)).is_unassigned
    assert not read_phone(encoded(PHONE | {"lines": [LINE]})).is_unassigned


def test_a_phone_that_says_nothing_of_its_lines_is_not_taken_for_unassigned() -> None:
    with pytest.raises(NotSipxconfigError, match="lines"):
        read_phone(encoded({name: value for name, value in PHONE.items() if name != "lines"}))


def test_an_absent_description_reads_as_empty_and_an_absent_version_as_none() -> None:
    phone = read_phone(encoded(PHONE))
    assert (phone.description, phone.version) == ("", None)


def test_a_softphones_serial_number_is_no_mac() -> None:
    assert read_phone(encoded(PHONE | {"serialNo": "alice"})).mac is None


@pytest.mark.parametrize(("text", "port"), [(None, None), ("", None), ("0", None), ("5070", 5070), ("five", None)])
def test_odd_ports_do_not_hide_the_phone(text: str | None, port: int | None) -> None:
    (line,) = read_lines(encoded({"lines": [LINE | {"registrationServerPort": text}]}))
    assert line.registration_server_port == port


def test_fields_of_later_versions_are_no_hindrance() -> None:
    assert read_phones(encoded({"phones": [PHONE | {"colour": "red"}], "total": 1})) != []


NO_PHONES: list[object] = [
    None,
    [],
    "1000",
    {},
    PHONE | {"id": True},
    PHONE | {"id": "1"},
    PHONE | {"model": None},
    PHONE | {"lines": {}},
]


@pytest.mark.parametrize("value", NO_PHONES)
def test_what_is_not_a_phone_is_no_answer(value: object) -> None:
    with pytest.raises(NotSipxconfigError):
        read_phone(encoded(value))


@pytest.mark.parametrize("body", [b"", b"10 43", b"-1", b"1.0", b"true", b"null", b'"1043"', b"[1043]", b"OK"])
def test_only_a_bare_number_is_an_id(body: bytes) -> None:
    with pytest.raises(NotSipxconfigError):
        read_id(body)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*PHONE, *MODEL, *LINE, "phones"]), inner),
    max_leaves=20,
)


@given(body=st.binary() | JSON_VALUES.map(encoded) | st.just(b"[" * 100_000))
@pytest.mark.parametrize("read", [read_phone, read_phones, read_models, read_lines, read_id])
def test_any_body_is_an_answer_or_none_of_sipxconfigs(read: Callable[[bytes], object], body: bytes) -> None:
    with suppress(NotSipxconfigError):
        read(body)
