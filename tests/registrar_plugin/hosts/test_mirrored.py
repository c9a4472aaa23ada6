from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.hosts.mirrored import accepted_registration
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.errors import SipSyntaxError
from tests.peers.polycom import DOMAIN, USER, USER_AGENT, register
from tests.registrar_plugin.shapes import SHAPES, Shape

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SOURCE = ("192.0.2.31", 5060)
READ = AcceptedRegistration(
    address_of_record=f"sip:{USER}@{DOMAIN}",
    user=USER,
    display_name="KTM4PX-0004f2abcdef",
    contact_host="192.0.2.31",
    contact_count=1,
    expires=timedelta(seconds=300),
    is_query=False,
    user_agent=USER_AGENT,
    call_id="c7f6bc72e0778e72",
    source=SOURCE,
    received_at=NOW,
)
NEVER = timedelta(0)


def accepted(raw: bytes, *, expires: timedelta | None = None) -> AcceptedRegistration:
    return accepted_registration(raw, source=SOURCE, expires=expires, received_at=NOW)


def with_header(old: bytes, new: bytes) -> bytes:
    assert register().count(old) == 1
    return register().replace(old, new)


def test_a_polycoms_register_says_all_that_the_hook_wants_to_know() -> None:
    assert accepted(register()) == READ


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_of_a_register_is_read(shape: Shape) -> None:
    registration, expected = accepted(shape.data), shape.expected
    assert registration.display_name == expected.from_.display_name
    assert registration.contact_count == len(expected.contacts)
    assert (registration.call_id, registration.user_agent) == (expected.call_id, expected.user_agent)


def test_what_was_granted_counts_before_what_was_asked_for() -> None:
    assert accepted(register(expires="3600"), expires=timedelta(seconds=90)).expires == timedelta(seconds=90)


def test_a_contacts_own_time_counts_before_the_messages() -> None:
    raw = register(contact=f"<sip:{USER}@192.0.2.31>;expires=77", expires="300")
    assert accepted(raw).expires == timedelta(seconds=77)


def test_who_asks_for_no_time_gets_some() -> None:
    assert accepted(register(expires=None)).expires > NEVER


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(register(expires="0"), id="expires 0"),
        pytest.param(register(contact=f"<sip:{USER}@192.0.2.31>;expires=0"), id="contact's expires 0"),
        pytest.param(register(contact="*", expires="0"), id="all contacts"),
    ],
)
def test_a_removal_is_one_whatever_the_200_says_of_other_bindings(raw: bytes) -> None:
    registration = accepted(raw, expires=timedelta(seconds=300))
    assert (registration.expires, registration.is_query) == (NEVER, False)


def test_a_query_is_one() -> None:
    registration = accepted(register(contact=None))
    assert registration == replace(READ, contact_host=None, contact_count=0, expires=NEVER, is_query=True)


def test_text_that_is_not_utf_8_is_taken_as_latin_1() -> None:
    raw = with_header(b"KTM4PX", b"B\xfcro").replace(b"VVX_410-UA", b"VVX_410\xff-UA")
    assert accepted(raw) == replace(
        READ, display_name="Büro-0004f2abcdef", user_agent="PolycomVVX-VVX_410\xff-UA/5.9.5.0614"
    )


def test_the_body_may_be_cut_off() -> None:
    assert accepted(with_header(b"Content-Length: 0", b"Content-Length: 60000")) == READ


@pytest.mark.parametrize("count", [1, 5, 60])
def test_a_message_that_breaks_off_in_its_header_fields_is_refused(count: int) -> None:
    with pytest.raises(SipSyntaxError):
        accepted(register()[:-count])


def test_an_empty_line_before_it_does_not_end_its_header_fields() -> None:
    with pytest.raises(SipSyntaxError):
        accepted(b"\r\n\r\n" + register()[:-4])
    assert accepted(b"\r\n\r\n" + register()) == READ


def test_a_from_that_cannot_be_read_is_as_none() -> None:
    raw = with_header(f'"KTM4PX-0004f2abcdef" <sip:{USER}@{DOMAIN}>'.encode(), b'"KTM4PX <sip:nobody')
    assert accepted(raw) == replace(READ, display_name="")


def test_a_contact_that_cannot_be_read_still_is_one() -> None:
    raw = register(contact=f'"KTM4PX <sip:{USER}@192.0.2.31>')
    assert accepted(raw) == replace(READ, contact_host=None)


def test_where_several_contacts_were_registered_the_first_tells_the_host_and_the_longest_the_time() -> None:
    raw = register(contact="<sip:a@192.0.2.31>;expires=60, <sip:b@192.0.2.32>;expires=90")
    expected = replace(READ, contact_count=2, expires=timedelta(seconds=90))
    assert accepted(raw) == expected


def test_header_fields_that_a_stricter_registrar_refuses_do_not_matter() -> None:
    raw = with_header(b"Max-Forwards: 70", b"Max-Forwards: many\r\nno header field at all")
    assert accepted(raw) == READ


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(register(method="SUBSCRIBE"), id="another method"),
        pytest.param(b"SIP/2.0 200 OK\r\n\r\n", id="a response"),
        pytest.param(b"REGISTER sip:pbx SIP/2.0\r\n\r\n", id="no To"),
        pytest.param(with_header(f"To: <sip:{USER}@{DOMAIN}>".encode(), b"To: <"), id="To that cannot be read"),
    ],
)
def test_what_is_no_register_of_anybody_is_refused(raw: bytes) -> None:
    with pytest.raises(SipSyntaxError):
        accepted(raw)


def test_who_registers_by_telephone_number_has_no_user_of_ours() -> None:
    registration = accepted(with_header(f"To: <sip:{USER}@{DOMAIN}>".encode(), b"To: <tel:+4930123>"))
    assert (registration.user, registration.address_of_record) == ("", "tel:+4930123")


@given(
    st.binary(max_size=400)
    | st.binary(max_size=400).map(lambda tail: b"REGISTER sip:a SIP/2.0\r\n" + tail + b"\r\n\r\n")
)
def test_any_bytes_are_read_or_raise_the_one_error(raw: bytes) -> None:
    try:
        accepted(raw)
    except SipSyntaxError:
        return


@given(st.integers(0, len(register()) - 1), st.integers(0, 255))
def test_a_damaged_octet_is_read_or_raises_the_one_error(position: int, octet: int) -> None:
    raw = register()
    try:
        accepted(raw[:position] + bytes([octet]) + raw[position + 1 :])
    except SipSyntaxError:
        return
