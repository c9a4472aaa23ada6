"""Our listener, and datagrams as OpenSIPS and FreeSWITCH send them: neither can be installed here."""

import json
import logging
from collections.abc import Generator
from contextlib import closing
from functools import partial

import pytest

from registrar_plugin.hosts.hep_mirror import NotUsed, Unused
from registrar_plugin.hosts.hep_packet import HepFault
from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.hosts.hep_rules import HepMode
from registrar_plugin.hosts.phone_source import NOWHERE
from registrar_plugin.resync.places import KnownPlaces
from tests.peers.polycom import PASSWORD, USER, credentials, register
from tests.registrar_plugin.hosts.hep_senders import IPPROTO_TLS, XLOG, freeswitch, opensips
from tests.registrar_plugin.hosts.hep_site import HepSite
from tests.registrar_plugin.hosts.site import response_to
from tests.registrar_plugin.registrations import eventually, tag

PHONE, PBX = ("192.0.2.31", 5062), ("198.51.100.5", 5060)
PHONE6, PBX6 = ("2001:db8::31", 5062), ("2001:db8::5", 5060)
MAC = tag(1).mac
CALL_ID = b"c7f6bc72e0778e72"
DIGEST = 'Digest username="x", response="y"'
REQUEST = register(cseq=2, authorization=DIGEST)
ANSWER = response_to(REQUEST, "200 OK", [f"Contact: <sip:{USER}@192.0.2.31:5060>;expires=120"])
by_opensips = partial(opensips, call_id=CALL_ID)


@pytest.fixture
def everything() -> Generator[HepSite]:
    with closing(HepSite(mode=HepMode.EVERYTHING)) as site:
        yield site


@pytest.fixture
def filtered() -> Generator[HepSite]:
    with closing(HepSite(mode=HepMode.FILTERED)) as site:
        yield site


def heard(site: HepSite, *datagrams: bytes) -> bool:
    """Whether these lead to one registration more."""
    before = len(site.accepted)
    for datagram in datagrams:
        site.send(datagram)
    return eventually(lambda: len(site.accepted) == before + 1)


def test_opensips_traces_a_register_and_its_answer(everything: HepSite) -> None:
    asked = by_opensips(REQUEST, source=PHONE, sent_to=PBX)
    assert heard(everything, asked, by_opensips(ANSWER, source=PBX, sent_to=PHONE))
    (registration,) = everything.accepted
    assert (registration.user, registration.source) == (USER, PHONE)
    assert registration.expires.total_seconds() == 120  # of the 300 that it asked for
    assert everything.listener.counts.not_used == {Unused.HELD: 1}


def test_where_it_traces_before_it_authenticates_the_401_is_passed_over(everything: HepSite) -> None:
    first = register(cseq=1)
    challenge = response_to(first, "401 Unauthorized")
    assert heard(
        everything,
        by_opensips(first, source=PHONE, sent_to=PBX),
        by_opensips(challenge, source=PBX, sent_to=PHONE),
        by_opensips(REQUEST, source=PHONE, sent_to=PBX),
        by_opensips(ANSWER, source=PBX, sent_to=PHONE),
    )


@pytest.mark.parametrize(
    ("source", "sent_to"),
    [
        pytest.param(PBX, ("255.255.255.255", 9), id="to any, where it does not know where"),
        pytest.param(("203.0.113.5", 5060), PHONE, id="from trace_local_ip"),
    ],
)
def test_an_answer_of_which_opensips_tells_one_end_alone_counts(
    everything: HepSite, source: tuple[str, int], sent_to: tuple[str, int]
) -> None:
    asked = by_opensips(REQUEST, source=PHONE, sent_to=PBX)
    assert heard(everything, asked, by_opensips(ANSWER, source=source, sent_to=sent_to))


def test_phones_on_tls_and_on_ipv6_are_traced_alike(everything: HepSite) -> None:
    asked = by_opensips(REQUEST, source=PHONE6, sent_to=PBX6, transport=IPPROTO_TLS)
    assert heard(everything, asked, by_opensips(ANSWER, source=PBX6, sent_to=PHONE6, transport=IPPROTO_TLS))
    assert everything.accepted[0].source == PHONE6


def test_opensips_traces_a_saved_register_alone(filtered: HepSite) -> None:
    assert heard(filtered, by_opensips(REQUEST, source=PHONE, sent_to=PBX))
    (registration,) = filtered.accepted
    assert (registration.source, registration.expires.total_seconds()) == (PHONE, 300)
    assert filtered.listener.counts.not_used == {}


@pytest.mark.parametrize("mode", HepMode)
def test_what_opensips_wraps_in_json_is_told_with_the_remedy(mode: HepMode, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    wrapped = json.dumps({"payload": REQUEST.decode()}, indent="\t").encode()
    with closing(HepSite(mode=mode)) as site:
        site.send(by_opensips(wrapped, source=PHONE, sent_to=PBX))
        assert eventually(lambda: site.listener.counts.not_used == {Unused.WRAPPED: 1})
        assert eventually(lambda: "mirrored datagrams of no use" in caplog.messages)
    assert "homer5_on" in vars(caplog.records[0])["trouble"]


def test_what_opensips_compresses_is_told(everything: HepSite) -> None:
    everything.send(by_opensips(b"\x78\x9c", source=PHONE, sent_to=PBX, payload_type=16))
    assert eventually(lambda: everything.listener.counts.not_used == {HepFault.COMPRESSED: 1})


def test_what_opensips_traces_besides_sip_is_no_trouble(everything: HepSite) -> None:
    everything.send(by_opensips(b"saved 200", source=PBX, sent_to=PBX, kind=XLOG))
    assert eventually(lambda: everything.listener.counts.not_used == {Unused.OTHER_SIP: 1})


def test_freeswitch_mirrors_both_rounds(everything: HepSite) -> None:
    first = register(cseq=1)
    assert heard(
        everything,
        freeswitch(first, source=PHONE, sent_to=PBX),
        freeswitch(response_to(first, "401 Unauthorized"), source=PBX, sent_to=PHONE),
        freeswitch(REQUEST, source=PHONE, sent_to=PBX),
        freeswitch(ANSWER, source=PBX, sent_to=PHONE),
    )
    (registration,) = everything.accepted
    assert (registration.user, registration.source) == (USER, PHONE)
    assert registration.expires.total_seconds() == 120


def test_an_ipv6_phone_whose_address_freeswitch_leaves_out_is_where_its_contact_says(everything: HepSite) -> None:
    contact = f"<sip:{USER}@[{PHONE6[0]}]:{PHONE6[1]}>"
    asked = register(via=f"[{PHONE6[0]}]:{PHONE6[1]}", contact=contact, authorization=DIGEST)
    answer = response_to(asked, "200 OK", [f"Contact: {contact};expires=120"])
    assert heard(
        everything,
        freeswitch(asked, source=PHONE6, sent_to=PBX6),
        freeswitch(answer, source=PBX6, sent_to=PHONE6),
    )
    assert everything.accepted[0].source == PHONE6


def exchange6(asked: bytes, *, answered_by: tuple[str, int] = PBX6) -> tuple[bytes, bytes]:
    """A REGISTER that was sent to FreeSWITCH over IPv6, and a 200 that it mirrors, sent by the phone perhaps."""
    sent_to = PHONE6 if answered_by == PBX6 else PBX6
    answer = freeswitch(response_to(asked, "200 OK"), source=answered_by, sent_to=sent_to)
    return freeswitch(asked, source=PHONE6, sent_to=PBX6), answer


def test_where_freeswitch_leaves_addresses_out_a_200_without_the_password_counts_for_nothing() -> None:
    forged = register(authorization=credentials({"realm": "pbx", "nonce": "n"}, password="guessed"))
    with closing(HepSite(mode=HepMode.EVERYTHING, account=PhonesAccount(USER, (PASSWORD,)))) as site:
        for datagram in exchange6(forged, answered_by=PHONE6):
            site.send(datagram)
        assert eventually(lambda: site.listener.counts.not_used == {Unused.HELD: 1, Unused.NOT_PROVEN: 1})
        proven = register(cseq=2, authorization=credentials({"realm": "pbx", "nonce": "n"}))
        assert heard(site, *exchange6(proven))


def test_there_other_users_need_not_prove_themselves_for_nobody_looks_at_them() -> None:
    with closing(HepSite(mode=HepMode.EVERYTHING, account=PhonesAccount(USER, (PASSWORD,)))) as site:
        assert heard(site, *exchange6(register(user="200", authorization=DIGEST)))


def test_where_freeswitch_tells_the_addresses_the_password_is_its_affair() -> None:
    with closing(HepSite(mode=HepMode.EVERYTHING, account=PhonesAccount(USER, ("another",)))) as site:
        asked = freeswitch(REQUEST, source=PHONE, sent_to=PBX)
        assert heard(site, asked, freeswitch(ANSWER, source=PBX, sent_to=PHONE))


@pytest.mark.parametrize(
    ("via", "contact"),
    [
        ("evil.example;received=203.0.113.9", f"<sip:{USER}@evil.example:53>"),
        ('192.0.2.31;received="a b>;x=<y [red]"', f"<sip:{USER}@127.0.0.1:25066>"),
    ],
)
def test_what_a_phone_without_an_address_makes_up_is_no_place(everything: HepSite, via: str, contact: str) -> None:
    asked = register(via=via, contact=contact, authorization=DIGEST)
    assert heard(everything, *exchange6(asked))
    (registration,) = everything.accepted
    assert registration.source == NOWHERE
    places = KnownPlaces()
    places.note(MAC, registration)
    assert places.of(MAC, now=registration.received_at) is None


@pytest.mark.parametrize(("length", "fate"), [(15_950, HepFault.TRUNCATED), (16_001, Unused.OTHER_SIP)])
def test_a_long_message_that_freeswitch_leaves_out_does_not_keep_the_next_from_being_heard(
    everything: HepSite, length: int, fate: NotUsed
) -> None:
    everything.send(freeswitch(b"INVITE sip:200@pbx SIP/2.0\r\n".ljust(length, b"x"), source=PHONE, sent_to=PBX))
    assert eventually(lambda: everything.listener.counts.not_used == {fate: 1})
    asked = freeswitch(REQUEST, source=PHONE, sent_to=PBX)
    assert heard(everything, asked, freeswitch(ANSWER, source=PBX, sent_to=PHONE))
