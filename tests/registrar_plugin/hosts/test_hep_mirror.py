from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrar_plugin.hosts.hep_mirror import HepMirror, NotUsed, Unused
from registrar_plugin.hosts.hep_packet import HepFault
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import USER, register
from tests.registrar_plugin.hosts.hep_packets import mirrored
from tests.registrar_plugin.hosts.site import response_to

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LOOPBACK = "127.0.0.1"
PBX = "198.51.100.5"
KEY = b"between us"
DIGEST = 'Digest username="x", response="y"'
INVITE = b"INVITE sip:200@pbx SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"


def mirror(
    mode: HepMode = HepMode.FILTERED,
    *,
    senders: tuple[str, ...] = (),
    key: bytes | None = None,
    listen: str = "192.0.2.5",
) -> HepMirror:
    return HepMirror(HepSettings((listen, 0), mode, tuple(map(ip_network, senders)), key))


def took(taker: HepMirror, data: bytes, *, sender: str = LOOPBACK, at: datetime = NOW) -> NotUsed | None:
    """Why it took none, None for a registration."""
    found = taker.take(data, sender, now=at)
    return None if isinstance(found, AcceptedRegistration) else found


def request(**changes: str | int) -> bytes:
    return register(authorization=DIGEST, **changes)  # type: ignore[arg-type]  # what register takes


def exchange(asked: bytes) -> list[bytes]:
    """What a PBX that mirrors everything sends of one registration."""
    first = register()
    challenge, accepted = response_to(first, "401 Unauthorized"), response_to(asked, "200 OK")
    return [mirrored(message) for message in (first, challenge, asked, accepted)]


def test_a_filtered_sender_mirrors_accepted_registrations() -> None:
    found = mirror().take(mirrored(register(), source=("192.0.2.99", 1024)), LOOPBACK, now=NOW)
    assert isinstance(found, AcceptedRegistration)
    assert (found.user, found.source, found.contact_host) == (USER, ("192.0.2.99", 1024), "192.0.2.31")
    assert (found.expires, found.received_at) == (timedelta(seconds=300), NOW)


@pytest.mark.parametrize("mode", HepMode)
@pytest.mark.parametrize(
    ("ip_protocol", "via", "transport"),
    [
        (17, "UDP", Transport.UDP),
        (17, "TCP", Transport.UDP),  # whatever the phone says
        (6, "TCP", Transport.TCP),
        (6, "TLS", Transport.TLS),
        (6, "UDP", Transport.TCP),
        (22, "TLS", Transport.TLS),  # sofia's number for it
        (17, "FAX", Transport.UDP),
    ],
)
def test_the_transport_is_what_was_seen_and_tls_what_the_phone_says(
    mode: HepMode, ip_protocol: int, via: str, transport: Transport
) -> None:
    asked = request().replace(b"SIP/2.0/UDP", f"SIP/2.0/{via}".encode())
    taker = mirror(mode)
    found = taker.take(mirrored(asked, ip_protocol=ip_protocol), LOOPBACK, now=NOW)
    if mode is HepMode.EVERYTHING:
        found = taker.take(mirrored(response_to(asked, "200 OK"), ip_protocol=ip_protocol), LOOPBACK, now=NOW)
    assert isinstance(found, AcceptedRegistration)
    assert found.transport is transport


def test_empty_lines_before_a_register_are_no_hindrance() -> None:
    assert took(mirror(), mirrored(b"\r\n\r\n" + register())) is None


def test_a_retransmission_counts_once() -> None:
    taker = mirror()
    assert took(taker, mirrored(register())) is None
    assert took(taker, mirrored(register()), at=NOW + timedelta(seconds=4)) is Unused.REPEATED


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(mirrored(register(cseq=2)), id="a refresh"),
        pytest.param(mirrored(register(call_id="another")), id="a boot"),
        pytest.param(mirrored(register(), source=("192.0.2.32", 5060)), id="a phone that counts like the first"),
    ],
)
def test_another_registration_is_none(other: bytes) -> None:
    taker = mirror()
    assert took(taker, mirrored(register())) is None
    assert took(taker, other) is None


def test_from_a_sender_of_everything_an_accepted_registration_comes_out_once() -> None:
    taker = mirror(HepMode.EVERYTHING)
    assert [took(taker, data) for data in exchange(request(cseq=2))] == [
        Unused.NO_CREDENTIALS,
        Unused.OTHER_SIP,
        Unused.HELD,
        None,
    ]


def test_a_refused_registration_never_comes_out() -> None:
    taker = mirror(HepMode.EVERYTHING)
    took(taker, mirrored(request()))
    assert took(taker, mirrored(response_to(request(), "403 Forbidden"))) is Unused.OTHER_SIP


FORGER = ("192.0.2.66", 5060)


@pytest.mark.parametrize("forger", [FORGER, ("192.0.2.67", 5060)])
def test_a_200_that_a_phone_sends_to_the_pbx_accepts_nothing(forger: tuple[str, int]) -> None:
    taker = mirror(HepMode.EVERYTHING)
    took(taker, mirrored(request(), source=FORGER, sent_to=PBX))
    forged = mirrored(response_to(request(), "200 OK"), source=forger, sent_to=PBX)
    assert took(taker, forged) is Unused.NOT_THE_REGISTRARS


@pytest.mark.parametrize(("source", "sent_to"), [("0.0.0.0", FORGER[0]), (PBX, "255.255.255.255")])
def test_a_sender_need_know_but_one_end_of_the_way_back(source: str, sent_to: str) -> None:
    taker = mirror(HepMode.EVERYTHING)
    took(taker, mirrored(request(), source=FORGER, sent_to=PBX))
    assert took(taker, mirrored(response_to(request(), "200 OK"), source=(source, 5060), sent_to=sent_to)) is None


def test_a_retransmitted_exchange_counts_once() -> None:
    taker = mirror(HepMode.EVERYTHING)
    both = [mirrored(request()), mirrored(response_to(request(), "200 OK"))]
    assert [took(taker, data) for data in both + both] == [Unused.HELD, None, Unused.HELD, Unused.REPEATED]
    assert took(taker, both[1]) is Unused.UNPAIRED


def test_calls_are_dropped() -> None:
    taker = mirror(HepMode.EVERYTHING)
    for payload in (INVITE, b"SIP/2.0 180 Ringing\r\n\r\n", b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n", b"", b"\0"):
        assert took(taker, mirrored(payload)) is Unused.OTHER_SIP


def test_what_a_filtered_sender_mirrors_besides_shows_that_it_does_not_filter() -> None:
    for payload in (INVITE, register(method="OPTIONS"), response_to(register(), "200 OK")):
        assert took(mirror(), mirrored(payload)) is Unused.NOT_FILTERED
    assert took(mirror(), mirrored(b"rtcp", protocol=5)) is Unused.OTHER_SIP


def test_sip_that_cannot_be_read_is_counted_as_such() -> None:
    for mode in HepMode:
        assert took(mirror(mode), mirrored(b"REGISTER sip:pbx SIP/2.0\r\n\r")) is Unused.UNREADABLE
    assert took(mirror(HepMode.EVERYTHING), mirrored(b"SIP/2.0 200 OK\r\nAllow: REGISTER\r\n\r\n")) is Unused.UNREADABLE


def test_a_200_that_allows_register_but_answers_an_invite_is_no_registration() -> None:
    response = response_to(request(method="INVITE"), "200 OK", ["Allow: REGISTER"])
    assert took(mirror(HepMode.EVERYTHING), mirrored(response)) is Unused.UNPAIRED


def test_a_damaged_packet_is_told_by_its_fault() -> None:
    assert took(mirror(), mirrored(register())[:50]) is HepFault.TRUNCATED


def test_only_loopback_is_heard() -> None:
    assert took(mirror(), mirrored(register()), sender="127.0.0.7") is None
    assert took(mirror(), mirrored(register()), sender="::1") is None
    assert took(mirror(), mirrored(register()), sender=PBX) is Unused.STRANGER


@pytest.mark.parametrize("listen", ["127.0.0.1", "::1", "localhost"])
def test_at_a_loopback_address_whoever_gets_there_is_of_this_machine_and_heard(listen: str) -> None:
    assert took(mirror(listen=listen), mirrored(register()), sender=PBX) is None


def test_and_listed_senders_are() -> None:
    taker = mirror(senders=("198.51.100.0/28", "2001:db8::/64"))
    assert took(taker, mirrored(register()), sender=PBX) is None
    assert took(taker, mirrored(register(cseq=2)), sender="2001:db8::5") is None
    assert took(taker, mirrored(register(cseq=3)), sender="fe80::1%eth0") is Unused.STRANGER


@pytest.mark.parametrize("sent", [None, b"", b"between u", b"between us "])
def test_where_a_key_is_set_a_packet_has_to_carry_it(sent: bytes | None) -> None:
    taker = mirror(key=KEY)
    assert took(taker, mirrored(register(), key=sent)) is Unused.WRONG_KEY
    assert took(taker, mirrored(register(), key=KEY)) is None


def test_the_key_is_not_shown() -> None:
    assert "between" not in repr(HepSettings((LOOPBACK, 0), HepMode.FILTERED, key=KEY))


@given(st.binary(max_size=300), st.sampled_from(HepMode))
def test_whatever_is_mirrored_is_taken_without_a_fuss(payload: bytes, mode: HepMode) -> None:
    taker = mirror(mode)
    for start in (b"", b"REGISTER ", b"SIP/2.0 200 REGISTER"):
        taker.take(mirrored(start + payload), LOOPBACK, now=NOW)
        taker.take(mirrored(start + payload + b"\r\n\r\n"), LOOPBACK, now=NOW)
