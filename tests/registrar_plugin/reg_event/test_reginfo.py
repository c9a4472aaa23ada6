from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from registrar_plugin.reg_event.reginfo import MAX_BYTES, MAX_CONTACTS, RegInfoError, ReportedContact, parse_reginfo
from tests.peers.reg_event_notifier import NotifiedContact, sipxecs_document

AOR = "sip:~~id~sipXprovision@example.org"
MAC = "0004f2abcdef"
URI = "sip:~~id~sipXprovision@192.0.2.31:5060;transport=tcp"
# As Kamailio 5.6 writes it.
KAMAILIO = b"""<?xml version="1.0"?>
<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="0" state="full">
  <registration aor="sip:200@pbx.test" id="0x7f4087525f40" state="active">
    <contact id="0x7f4087526068" state="active" event="registered" expires="299" callid="c7f6" cseq="2" received=""
 path="" user_agent="PolycomVVX-VVX_410-UA/5.9.5.0614">
      <uri>sip:200@192.0.2.31:5060</uri>
    </contact>
  </registration>
</reginfo>
"""


def only_contact(body: bytes) -> ReportedContact:
    (registration,) = parse_reginfo(body).registrations
    (contact,) = registration.contacts
    return contact


def with_params(params: str) -> bytes:
    document = sipxecs_document(AOR, [NotifiedContact(URI)], version=1).decode()
    return document.replace("</uri>", f"</uri>{params}").encode()


def test_a_document_of_sipxecs_says_who_registered_from_where_by_which_phone() -> None:
    info = parse_reginfo(sipxecs_document(AOR, [NotifiedContact(URI, MAC)], version=7))
    assert (info.version, info.is_full) == (7, True)
    assert info.registrations[0].address_of_record == AOR
    contact = info.registrations[0].contacts[0]
    assert contact.uri is not None
    assert (contact.uri.host, contact.uri.port, contact.is_active) == ("192.0.2.31", 5060, True)
    assert (contact.call_id, contact.cseq, contact.user_agent, contact.expires) == ("boot-1", "2", "", None)
    assert contact.mac == MacAddress(MAC)


def test_a_document_of_kamailio_says_the_user_agent_and_the_time_left() -> None:
    contact = only_contact(KAMAILIO)
    assert (contact.user_agent, contact.expires) == ("PolycomVVX-VVX_410-UA/5.9.5.0614", timedelta(seconds=299))
    assert contact.mac is None


def test_a_uuid_with_a_mac_in_it_says_the_phone_too() -> None:
    instance = "&lt;urn:uuid:00000000-0000-1000-8000-0004F2ABCDEF&gt;"
    assert only_contact(with_params(f'<unknown-param name="+sip.instance">"{instance}"</unknown-param>')).mac == (
        MacAddress(MAC)
    )


@pytest.mark.parametrize("instrument", ["", "desk", "0004f2abcde", "0004f2abcdef/7"])
def test_an_instrument_that_is_no_mac_names_no_phone(instrument: str) -> None:
    assert only_contact(sipxecs_document(AOR, [NotifiedContact(URI, instrument)], version=1)).mac is None


def test_a_uuid_at_random_names_no_phone() -> None:
    instance = "&lt;urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6&gt;"
    assert only_contact(with_params(f'<unknown-param name="+sip.instance">{instance}</unknown-param>')).mac is None


def test_an_ended_contact_is_not_active() -> None:
    body = sipxecs_document(AOR, [NotifiedContact(URI, MAC, is_active=False)], version=1)
    assert not only_contact(body).is_active


@pytest.mark.parametrize("uri", ["", "tel:+1", "sip:", "no uri"])
def test_a_contact_that_is_no_sip_uri_leads_nowhere(uri: str) -> None:
    assert only_contact(sipxecs_document(AOR, [NotifiedContact(uri, MAC)], version=1)).uri is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no XML",
        b"<reginfo/>",
        b'<reginfo xmlns="urn:ietf:params:xml:ns:reginfo"/>',
        b'<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="-1" state="full"/>',
        b'<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="1" state="half"/>',
        KAMAILIO[:-5],
        KAMAILIO.replace(b"?>", b'?><!DOCTYPE reginfo [<!ENTITY a "b">]>', 1),
        KAMAILIO.replace(b"?>", b'?><!DOCTYPE reginfo SYSTEM "http://127.0.0.1:9/x">', 1),
        KAMAILIO.replace(b"192.0.2.31", b"&a;"),
        KAMAILIO.decode().encode("utf-16"),
        KAMAILIO.replace(b"pbx.test", b"\xff"),
        KAMAILIO + b" " * MAX_BYTES,
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(RegInfoError):
        parse_reginfo(body)


def test_more_contacts_than_a_site_has_are_refused() -> None:
    contact = '<contact id="1" state="active" event="registered"/>'
    body = KAMAILIO.decode().replace("</registration>", contact * (MAX_CONTACTS + 1) + "</registration>").encode()
    with pytest.raises(RegInfoError, match="more than"):
        parse_reginfo(body)


@given(st.binary(max_size=200), st.integers(0, len(KAMAILIO)))
def test_any_bytes_are_read_or_refused(data: bytes, at: int) -> None:
    for body in (data, KAMAILIO[:at] + data + KAMAILIO[at:]):
        try:
            parse_reginfo(body)
        except RegInfoError:
            continue
