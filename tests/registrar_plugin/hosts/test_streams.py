"""TCP and TLS, IPv4 and IPv6, at real sockets."""

import ssl
import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.hosts.tls import CertificateFiles
from tests.peers.certificates import make_certificate
from tests.peers.polycom import USER
from tests.registrar_plugin.hosts.site import LOOPBACK, LOOPBACK6, Site, StreamPhone, loopback
from tests.registrar_plugin.registrations import eventually


def trusting(files: CertificateFiles) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=files.certificate)


@pytest.fixture
def tcp() -> Generator[Site]:
    with Site(loopback(Transport.TCP)) as site:
        yield site


@pytest.mark.parametrize("host", [LOOPBACK, LOOPBACK6])
def test_a_phone_registers_over_tcp(host: str) -> None:
    with Site(loopback(Transport.TCP, host)) as site, StreamPhone(site.at[0]) as phone:
        response = phone.register()
        assert response.startswith(b"SIP/2.0 200 OK\r\n")
        assert f"Contact: <sip:{USER}@{phone.source};transport=tcp>;expires=300\r\n".encode() in response
        assert eventually(lambda: len(site.accepted) == 1)
        assert site.accepted[0].source == phone.address


@pytest.mark.parametrize("host", [LOOPBACK, LOOPBACK6])
def test_a_phone_registers_over_tls(host: str, tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    with (
        Site(loopback(Transport.TLS, host), certificate=files) as site,
        StreamPhone(site.at[0], tls=trusting(files)) as phone,
    ):
        assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")


def test_one_registrar_listens_at_several_places(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    transports = (Transport.UDP, Transport.TCP, Transport.TLS)
    listeners = [loopback(transport, host) for transport in transports for host in (LOOPBACK, LOOPBACK6)]
    with Site(*listeners, certificate=files) as site:
        assert [host for host, _ in site.at] == [LOOPBACK, LOOPBACK6] * 3
        for address in site.at[2:4]:
            with StreamPhone(address) as phone:
                assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")
        for address in site.at[4:]:
            with StreamPhone(address, tls=trusting(files)) as phone:
                assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")


def test_the_answer_says_where_the_request_came_from_and_comes_on_the_same_connection(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        request = (
            phone.request().replace(phone.source.encode(), b"192.168.1.104:5060").replace(b";branch", b";rport;branch")
        )
        phone.send(request)
        received = f";received=127.0.0.1;rport={phone.address[1]}\r\n".encode()
        assert b"Via: SIP/2.0/TCP 192.168.1.104:5060;branch=" in (response := phone.receive())
        assert received in response


def test_two_requests_in_one_segment_get_two_answers_in_their_order(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        phone.send(phone.request(call_id="first") + phone.request(cseq=2, call_id="second"))
        assert b"Call-ID: first\r\n" in phone.receive()
        assert b"Call-ID: second\r\n" in phone.receive()


def test_a_request_in_many_segments_gets_its_answer(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        for byte in phone.request():
            phone.send(bytes([byte]))
        assert phone.receive().startswith(b"SIP/2.0 401 ")


def test_a_keep_alive_is_answered(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        phone.send(b"\r\n\r\n")
        assert phone.receive_bytes(2) == b"\r\n"
        phone.send(b"\r\n\r\n" + phone.request())
        assert phone.receive_bytes(2) == b"\r\n"
        assert phone.receive().startswith(b"SIP/2.0 401 ")


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (b"", b"SIP/2.0 400 Content-Length Missing\r\n"),
        (b"Content-Length: 0\r\nl: 1\r\n", b"SIP/2.0 400 Content-Length Given Twice\r\n"),
        (b"Content-Length: 99999\r\n", b"SIP/2.0 513 Message Too Large\r\n"),
        (b"x: " + b"y" * 9000, b"SIP/2.0 513 Message Too Large\r\n"),
    ],
)
def test_a_request_whose_end_cannot_be_known_is_refused_and_the_connection_closed(
    tcp: Site, length: bytes, status: bytes
) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        phone.send(phone.request().replace(b"Content-Length: 0\r\n", length))
        assert phone.receive().startswith(status)
        assert phone.is_closed_by_peer()
    assert tcp.accepted == []


def test_junk_is_not_answered_and_ends_the_connection(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        phone.send(b"\x16\x03\x01\x02\x00" * 2000)
        assert phone.is_closed_by_peer()


def test_who_is_refused_amid_much_more_still_gets_the_answer() -> None:
    limits = StreamLimits(message=timedelta(seconds=1))
    with Site(loopback(Transport.TCP), limits=limits) as site, StreamPhone(site.at[0]) as phone:
        phone.send(phone.request().replace(b"Content-Length: 0", b"Content-Length: x") + b"y" * 200_000)
        assert phone.receive().startswith(b"SIP/2.0 400 Content-Length: Malformed Number\r\n")
        assert phone.socket.recv(100) == b"", "the end, and no reset"
        time.sleep(0.1)
        phone.send(b"z")
        assert eventually(lambda: is_reset(phone)), "nor is it listened to for ever"


def is_reset(phone: StreamPhone) -> bool:
    try:
        phone.send(b"z")
    except OSError:
        return True
    return False


def test_a_client_that_sends_and_hangs_up_at_once_still_gets_its_answer(tcp: Site) -> None:
    with StreamPhone(tcp.at[0]) as phone:
        phone.send(phone.request())
        phone.socket.shutdown(1)
        assert phone.receive().startswith(b"SIP/2.0 401 ")
        assert phone.is_closed_by_peer()


def test_connections_are_closed_at_the_stop() -> None:
    with Site(loopback(Transport.TCP)) as site:
        phone = StreamPhone(site.at[0])
        phone.register()
    assert phone.is_closed_by_peer()
    phone.socket.close()
