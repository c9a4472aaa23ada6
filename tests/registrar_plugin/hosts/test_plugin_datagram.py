from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.hosts.plugin_datagram import PluginDatagramError, Told, read_datagram
from tests.peers.polycom import USER_AGENT, register
from tests.registrar_plugin.corpora import all_messages
from tests.registrar_plugin.registrations import NOW

HEADING = b"AUTOPROV/1 - 0 -\n"
PROXY = "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-proxy"


def told(data: bytes) -> Told:
    return read_datagram(data, received_at=NOW)


def by_proxy(message: bytes) -> bytes:
    """The message as the proxy hands it on: with its own Via above the phone's."""
    return message.replace(b"\r\nVia:", f"\r\n{PROXY}\r\nVia:".encode(), 1)


def test_a_plug_in_that_sees_the_phone_says_where_it_is_and_what_it_got() -> None:
    found = told(b"AUTOPROV/1 198.51.100.7 5062 120\n" + register(expires="300")).registration
    assert (found.source, found.expires) == (("198.51.100.7", 5062), timedelta(seconds=120))
    assert (found.display_name, found.user_agent) == ("KTM4PX-0004f2abcdef", USER_AGENT)


def test_an_ipv6_source_is_one_too() -> None:
    assert told(b"AUTOPROV/1 2001:db8::7 5062 120\n" + register()).registration.source == ("2001:db8::7", 5062)


def test_behind_a_proxy_the_bottom_via_says_where_the_phone_sent_from() -> None:
    message = by_proxy(register(via="10.0.0.5:5060;received=203.0.113.9;rport=40123"))
    assert told(HEADING + message).registration.source == ("203.0.113.9", 40123)


def test_a_via_marked_with_an_ipv6_address_may_have_brackets_and_no_port() -> None:
    message = by_proxy(register(via="[2001:db8::5]:5062;received=[2001:db8::7]"))
    assert told(HEADING + message).registration.source == ("2001:db8::7", 5062)


def test_a_port_that_cannot_be_is_the_last_that_can() -> None:
    assert told(b"AUTOPROV/1 198.51.100.7 99999 -\n" + register()).registration.source == ("198.51.100.7", 65_535)


def test_a_via_that_nobody_marked_leaves_it_to_the_contact() -> None:
    assert told(HEADING + by_proxy(register(via="phone.local"))).registration.source == ("192.0.2.31", 5060)


def test_without_a_contact_it_is_what_the_phone_calls_itself() -> None:
    assert told(HEADING + by_proxy(register(via="192.0.2.44:5061", contact=None))).registration.source == (
        "192.0.2.44",
        5061,
    )


def test_the_address_that_the_phone_knows_of_itself_is_told_where_a_proxy_replaced_it() -> None:
    contact = "<sip:x@203.0.113.9:40123;x-sipX-privcontact=192.168.1.11%3A5060%3Btransport%3Dudp>"
    found = told(HEADING + register(via="192.168.1.11;received=203.0.113.9;rport=40123", contact=contact)).registration
    assert (found.contact_host, found.source) == ("192.168.1.11", ("203.0.113.9", 40123))


def test_a_private_contact_that_is_none_changes_nothing() -> None:
    contact = "<sip:x@203.0.113.9;x-sipX-privcontact=%40%40>"
    assert told(HEADING + register(contact=contact)).registration.contact_host == "203.0.113.9"


@pytest.mark.parametrize(
    "message", [register(expires="0"), register(contact="*", expires="0"), register(contact="<sip:x@y>;expires=0")]
)
def test_what_takes_its_registration_back_is_a_removal_whatever_the_registrar_calls_granted(message: bytes) -> None:
    assert told(b"AUTOPROV/1 192.0.2.31 5060 300\n" + message).registration.expires == timedelta(0)


def test_a_message_cut_off_in_its_body_is_whole_enough() -> None:
    message = register(extra=["Content-Type: text/plain"]).replace(b"Content-Length: 0", b"Content-Length: 9000")
    assert told(HEADING + message + b"begin").registration.user_agent == USER_AGENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        register(),
        b"AUTOPROV/2 - 0 -\n" + register(),
        b"AUTOPROV/1 - 0\n" + register(),
        b"AUTOPROV/1 :::: 5060 -\n" + register(),
        b"AUTOPROV/1 - 0 -1\n" + register(),
        HEADING,
        HEADING + register()[:200],
        HEADING + register(method="OPTIONS"),
        HEADING + b"\x00" * 500,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PluginDatagramError):
        told(data)


def test_names_that_are_not_utf_8_are_no_error() -> None:
    message = register().replace(b"KTM4PX-0004f2abcdef", b"T\xe9l\xe9phone")
    assert told(HEADING + message).registration.display_name == "Téléphone"


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, has_heading: bool) -> None:
    try:
        told(HEADING + data if has_heading else data)
    except PluginDatagramError:
        return


def test_every_message_of_the_corpora_is_read_or_refused() -> None:
    for message in all_messages().values():
        try:
            told(HEADING + by_proxy(message))
        except PluginDatagramError:
            continue
