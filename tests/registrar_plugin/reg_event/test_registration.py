from datetime import timedelta

from registrar_plugin.reg_event.book import Seen
from registrar_plugin.reg_event.reginfo import ReportedContact
from registrar_plugin.reg_event.registration import KnownPhone, reported_registration
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.uri import SipUri, parse_uri
from tests.peers.polycom import USER_AGENT
from tests.registrar_plugin.registrations import NOW

AOR = "sip:~~id~sipXprovision@example.org"
PHONE = KnownPhone("KTM4PX-0004f2abcdef", USER_AGENT)


def uri(text: str) -> SipUri:
    parsed = parse_uri(text)
    assert isinstance(parsed, SipUri)
    return parsed


CONTACT = ReportedContact(
    contact_id="1",
    is_active=True,
    uri=uri("sip:x@203.0.113.9:40123;x-sipX-privcontact=192.168.1.11%3A5060"),
    call_id="boot-1",
    cseq="2",
    expires=None,
    user_agent="",
    instrument="0004f2abcdef",
    instance="",
)


def registered(contact: ReportedContact, *, aor: str = AOR) -> AcceptedRegistration:
    found = reported_registration(Seen(aor, contact), PHONE, received_at=NOW)
    assert found is not None
    return found


def test_what_the_registrar_does_not_tell_is_what_we_know_of_the_phone() -> None:
    found = registered(CONTACT)
    assert (found.display_name, found.user_agent) == (PHONE.phone_tag, PHONE.user_agent)
    assert (found.user, found.address_of_record) == ("~~id~sipXprovision", AOR)
    assert (found.contact_host, found.source) == ("192.168.1.11", ("203.0.113.9", 40123))


def test_a_contact_without_a_time_is_no_removal() -> None:
    assert registered(CONTACT).expires > timedelta(0)
    assert registered(CONTACT._replace(expires=timedelta(seconds=90))).expires == timedelta(seconds=90)


def test_a_user_agent_that_is_told_counts() -> None:
    assert registered(CONTACT._replace(user_agent="PolycomVVX-VVX_500-UA/5.9.5")).user_agent == (
        "PolycomVVX-VVX_500-UA/5.9.5"
    )


def test_an_address_of_record_that_is_no_sip_uri_names_no_user() -> None:
    assert registered(CONTACT, aor="tel:+1").user == ""


def test_a_contact_that_is_no_sip_uri_is_no_registration() -> None:
    assert reported_registration(Seen(AOR, CONTACT._replace(uri=None)), PHONE, received_at=NOW) is None
