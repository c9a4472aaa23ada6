"""The way of a check-sync to its phone, and what happens when the phone asks who we are."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path

import pytest

from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.passwords import OldPassword
from registrar_plugin.resync.check_sync import Answered, Unanswered
from registrar_plugin.sip.digest import parse_credentials
from registrar_plugin.sip.request import parse_request
from tests.peers.certificates import make_certificate
from tests.peers.polycom import PASSWORD, USER
from tests.registrar_plugin.exchange import settings
from tests.registrar_plugin.hosts.site import LOOPBACK, LOOPBACK6, Site, StreamPhone, answer_of, loopback
from tests.registrar_plugin.hosts.test_tls import unverifying
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import KEY, tag

MAC = MacAddress("0004f2abcdef")


@pytest.mark.parametrize("host", [LOOPBACK, LOOPBACK6])
def test_a_phone_on_tcp_gets_it_on_its_connection_once(host: str) -> None:
    with Site(loopback(Transport.TCP, host)) as site, StreamPhone(site.at[0]) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        notify = phone.receive()
        request = parse_request(notify)
        assert (request.method, request.via.transport) == ("NOTIFY", "TCP")
        assert (request.via.host, request.via.port) == site.at[0]
        assert str(request.contacts[0].uri).endswith(f":{site.at[0][1]};transport=tcp")
        phone.answer(notify, "200 OK")
        assert answer_of(future) == Answered(200)


def test_a_phone_on_tls_gets_it_on_its_connection(tmp_path: Path) -> None:
    listener, certificate = loopback(Transport.TLS), make_certificate(tmp_path)
    with Site(listener, certificate=certificate) as site, StreamPhone(site.at[0], tls=unverifying()) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        notify = phone.receive()
        assert b"Via: SIP/2.0/TLS 127.0.0.1:" in notify
        phone.answer(notify, "200 OK")
        assert answer_of(future) == Answered(200)


def test_over_a_connection_nothing_is_repeated() -> None:
    with Site(loopback(Transport.TCP)) as site, StreamPhone(site.at[0]) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        phone.receive()
        assert answer_of(future) is Unanswered.NO_ANSWER
        phone.send(b"\r\n\r\n")
        assert phone.receive_bytes(2) == b"\r\n"


@pytest.mark.parametrize("host", [LOOPBACK, LOOPBACK6])
def test_a_phone_on_udp_gets_it_from_the_socket_that_it_registered_at(host: str) -> None:
    with Site(loopback(Transport.UDP, host), loopback(Transport.UDP, host)) as site, UdpPhone(site.at[1]) as phone:
        assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")
        future = site.registrar.send_check_sync(MAC)
        notify, source = phone.receive_from()
        assert source == site.at[1]
        phone.answer(notify, "200 OK")
        assert answer_of(future) == Answered(200)


def test_when_the_connection_is_closed_it_is_tried_over_udp_where_the_phone_listens() -> None:
    with Site(loopback(Transport.TCP), loopback(Transport.UDP)) as site, UdpPhone(site.at[1]) as listening:
        with StreamPhone(site.at[0]) as phone:
            phone.source = listening.source
            phone.register()
            hang_up(phone)
        assert answered_by(site, listening) == Answered(200)


def hang_up(phone: StreamPhone) -> None:
    """Until the registrar has seen it."""
    phone.socket.shutdown(socket.SHUT_WR)
    assert phone.is_closed_by_peer()


def answered_by(site: Site, phone: UdpPhone) -> object:
    future = site.registrar.send_check_sync(MAC)
    phone.answer(phone.receive(), "200 OK")
    return answer_of(future)


def test_a_phone_that_only_its_connection_led_to_cannot_be_reached() -> None:
    with Site(loopback(Transport.TCP), loopback(Transport.UDP)) as site:
        with StreamPhone(site.at[0]) as phone:
            phone.register()
            hang_up(phone)
        assert answer_of(site.registrar.send_check_sync(MAC)) is Unanswered.UNREACHABLE


CHALLENGES = [
    'Digest realm="PolycomSPIP", nonce="abc"',
    'Digest realm="PolycomSPIP", nonce="abc", qop="auth", algorithm=MD5, opaque="o"',
    'Digest realm="PolycomSPIP", nonce="abc", qop="auth-int,auth"',
]


@pytest.mark.parametrize(
    ("status", "asking", "answering"),
    [
        ("401 Unauthorized", "WWW-Authenticate", "authorization"),
        ("407 Proxy Authentication Required", "Proxy-Authenticate", "proxy-authorization"),
    ],
)
@pytest.mark.parametrize("challenge", CHALLENGES)
def test_a_phone_that_asks_who_we_are_is_told_with_its_own_password(
    status: str, asking: str, answering: str, challenge: str
) -> None:
    with Site(loopback(Transport.UDP)) as site, UdpPhone(site.at[0]) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        first = phone.receive()
        phone.answer(first, status, f"{asking}: {challenge}")
        second = phone.receive_other_than(first)
        proof = parse_credentials(parse_request(second).headers.required(answering))
        assert (proof.username, proof.realm, proof.opaque) == (
            USER,
            "PolycomSPIP",
            "o" if "opaque" in challenge else None,
        )
        assert proof.response == expected_response(parse_request(second).headers.required(answering), proof.uri)
        assert proof.uri == second.split(b" ")[1].decode()
        assert same_call(first, second)
        phone.answer(second, "200 OK")
        assert answer_of(future) == Answered(200)


def expected_response(header: str, uri: str, password: str = PASSWORD) -> str:
    """RFC 2617 once more, by the test's own arithmetic."""
    params = dict(re.findall(r'(\w+)="?([^",]*)"?', header))
    ha1, ha2 = hashed(f"{USER}:PolycomSPIP:{password}"), hashed(f"NOTIFY:{uri}")
    if "qop" not in params:
        return hashed(f"{ha1}:abc:{ha2}")
    return hashed(f"{ha1}:abc:{params['nc']}:{params['cnonce']}:{params['qop']}:{ha2}")


def hashed(text: str) -> str:
    return md5(text.encode()).hexdigest()


OLD = "the one before"
ROTATING = settings(old_password=OldPassword(OLD, datetime.now(UTC) + timedelta(hours=1)))
LEAVING_THE_SHARED = replace(ROTATING, password=None, tag_key=KEY)


def password_proved_to(phone: UdpPhone | StreamPhone, site: Site, mac: MacAddress, candidates: Sequence[str]) -> str:
    """The one of *candidates* that our answer to the phone's challenge was made with; the phone then says yes."""
    future = site.registrar.send_check_sync(mac)
    first = phone.receive()
    phone.answer(first, "401 Unauthorized", f"WWW-Authenticate: {CHALLENGES[1]}")
    second = phone.receive()
    while second == first:  # repeated meanwhile
        second = phone.receive()
    header = parse_request(second).headers.required("authorization")
    proof = parse_credentials(header)
    (proved,) = [each for each in candidates if expected_response(header, proof.uri, each) == proof.response]
    phone.answer(second, "200 OK")
    assert answer_of(future) == Answered(200)
    return proved


def test_amid_a_rotation_a_phone_is_told_by_the_password_that_it_has_until_it_registers_with_the_new_one() -> None:
    with Site(loopback(Transport.UDP), settings=ROTATING) as site, UdpPhone(site.at[0]) as phone:
        assert phone.register(password=OLD).startswith(b"SIP/2.0 200 ")
        assert password_proved_to(phone, site, MAC, [OLD, PASSWORD]) == OLD
        assert phone.register(cseq=3).startswith(b"SIP/2.0 200 ")
        assert password_proved_to(phone, site, MAC, [OLD, PASSWORD]) == PASSWORD


def test_a_phone_that_has_not_booted_since_each_got_its_own_password_is_told_by_the_shared_one() -> None:
    own = derive_sip_password(tag(1).mac, key=KEY)
    for password in (OLD, own):
        with (
            Site(loopback(Transport.TCP), settings=LEAVING_THE_SHARED) as site,
            StreamPhone(site.at[0], display_name=str(tag(1)), password=password) as phone,
        ):
            assert phone.register().startswith(b"SIP/2.0 200 ")
            assert password_proved_to(phone, site, tag(1).mac, [OLD, own]) == password


def same_call(first: bytes, second: bytes) -> bool:
    """Same Call-ID and From, the next CSeq, another branch."""
    one, other = parse_request(first), parse_request(second)
    assert other.cseq == one.cseq + 1
    assert other.via.branch != one.via.branch
    return (one.call_id, one.from_, one.to) == (other.call_id, other.from_, other.to)


def test_a_phone_that_asks_twice_is_left_alone() -> None:
    with Site(loopback(Transport.UDP)) as site, UdpPhone(site.at[0]) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        first = phone.receive()
        phone.answer(first, "401 Unauthorized", f"WWW-Authenticate: {CHALLENGES[0]}")
        second = phone.receive_other_than(first)
        phone.answer(second, "401 Unauthorized", f"WWW-Authenticate: {CHALLENGES[0]}")
        assert answer_of(future) == Answered(401)


@pytest.mark.parametrize("field", ["X: y", "WWW-Authenticate: Basic realm=x", 'WWW-Authenticate: Digest realm="x"'])
def test_a_challenge_that_we_do_not_know_is_a_refusal(field: str) -> None:
    with Site(loopback(Transport.TCP)) as site, StreamPhone(site.at[0]) as phone:
        phone.register()
        future = site.registrar.send_check_sync(MAC)
        phone.answer(phone.receive(), "401 Unauthorized", field)
        assert answer_of(future) == Answered(401)
