"""Clients that hold more of us than they should."""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream_limits import ConnectionCount, StreamLimits
from tests.peers.certificates import make_certificate
from tests.registrar_plugin.hosts.site import PATIENCE_SECONDS, Site, StreamPhone, loopback
from tests.registrar_plugin.hosts.test_tls import unverifying
from tests.registrar_plugin.registrations import eventually

SHORT, LONG = timedelta(milliseconds=300), timedelta(minutes=10)


def test_of_two_hundred_connections_from_one_address_those_beyond_the_limit_are_refused() -> None:
    limits = StreamLimits(connections_per_address=50, stranger_idle=LONG)
    with Site(loopback(Transport.TCP), limits=limits) as site:
        phones = [StreamPhone(site.at[0]) for _ in range(200)]
        try:
            assert all(phone.is_closed_by_peer() for phone in phones[50:])
            for phone in phones[:50]:
                phone.send(phone.request())
                assert phone.receive().startswith(b"SIP/2.0 401 ")
        finally:
            for phone in phones:
                phone.socket.close()
        assert eventually(lambda: can_register(site))


def can_register(site: Site, *, host: str | None = None) -> bool:
    with StreamPhone(site.at[0], host=host) as phone:
        try:
            return phone.register().startswith(b"SIP/2.0 200 ")
        except (AssertionError, OSError):
            return False


def test_all_listeners_share_the_limit(tmp_path: Path) -> None:
    listeners = (loopback(Transport.TCP), loopback(Transport.TLS))
    with (
        Site(*listeners, certificate=make_certificate(tmp_path), limits=StreamLimits(connections=2)) as site,
        StreamPhone(site.at[0]) as first,
        StreamPhone(site.at[1], tls=unverifying()) as second,
    ):
        assert [phone.register()[:11] for phone in (first, second)] == [b"SIP/2.0 200"] * 2
        with StreamPhone(site.at[0]) as third:
            assert third.is_closed_by_peer()


def test_a_handshake_that_is_not_finished_counts(tmp_path: Path) -> None:
    limits = StreamLimits(connections=1, handshake=LONG)
    with (
        Site(loopback(Transport.TLS), certificate=make_certificate(tmp_path), limits=limits) as site,
        StreamPhone(site.at[0]),
        StreamPhone(site.at[0]) as second,
    ):
        assert second.is_closed_by_peer()


def test_a_stranger_who_says_nothing_is_disconnected() -> None:
    with (
        Site(loopback(Transport.TCP), limits=StreamLimits(stranger_idle=SHORT)) as site,
        StreamPhone(site.at[0]) as phone,
    ):
        assert phone.is_closed_by_peer()


def test_keep_alives_alone_do_not_hold_a_strangers_connection() -> None:
    with (
        Site(loopback(Transport.TCP), limits=StreamLimits(stranger_idle=SHORT)) as site,
        StreamPhone(site.at[0]) as phone,
    ):
        assert is_cut_off(phone, b"\r\n\r\n")


def test_a_registered_phone_may_be_silent() -> None:
    limits = StreamLimits(stranger_idle=SHORT)
    with (
        Site(loopback(Transport.TCP), limits=limits) as site,
        StreamPhone(site.at[0]) as phone,
        StreamPhone(site.at[0]) as stranger,
    ):
        phone.register()
        stranger.send(stranger.request())
        assert stranger.is_closed_by_peer()
        phone.send(phone.request(cseq=3))
        assert phone.receive().startswith(b"SIP/2.0 401 ")


def test_a_message_that_drips_in_is_not_waited_for() -> None:
    limits = StreamLimits(message=SHORT, stranger_idle=LONG)
    with Site(loopback(Transport.TCP), limits=limits) as site, StreamPhone(site.at[0]) as phone:
        phone.socket.settimeout(0.02)
        assert is_cut_off(phone, b"x")


@pytest.mark.parametrize("cut", [b"Max-Forwards", b"0\r\n\r\n"])
def test_who_does_not_end_what_he_began_is_told_so_in_time(cut: bytes) -> None:
    limits = StreamLimits(message=SHORT, stranger_idle=LONG)
    with Site(loopback(Transport.TCP), limits=limits) as site, StreamPhone(site.at[0]) as phone:
        phone.send(phone.request().partition(cut)[0])
        assert phone.receive().startswith(b"SIP/2.0 400 Message Not Complete\r\n")
        assert phone.is_closed_by_peer()


def test_a_body_that_does_not_come_is_not_waited_for_over_tls_either(tmp_path: Path) -> None:
    limits = StreamLimits(message=SHORT, stranger_idle=LONG)
    with (
        Site(loopback(Transport.TLS), certificate=make_certificate(tmp_path), limits=limits) as site,
        StreamPhone(site.at[0], tls=unverifying()) as phone,
    ):
        phone.send(phone.request().replace(b"Content-Length: 0", b"Content-Length: 9"))
        assert phone.receive().startswith(b"SIP/2.0 400 Message Not Complete\r\n")
        assert phone.is_closed_by_peer()


def is_cut_off(phone: StreamPhone, data: bytes) -> bool:
    """Whether the registrar closes the connection while this is sent again and again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < deadline:
            phone.send(data)
            with suppress(TimeoutError):
                if phone.socket.recv(1000) == b"":
                    return True
    except OSError:
        return True
    return False


def test_who_does_not_read_our_answers_is_disconnected_and_the_others_are_served() -> None:
    limits = StreamLimits(message=SHORT, stranger_idle=LONG)
    with Site(loopback(Transport.TCP), limits=limits) as site, StreamPhone(site.at[0]) as deaf:
        deaf.socket.settimeout(10)
        with pytest.raises(OSError, match=r"reset|[Bb]roken|timed out"):
            deaf.send(deaf.request() * 100_000)
        assert can_register(site, host="127.0.0.2")


def test_an_address_is_counted_up_and_down() -> None:
    count = ConnectionCount(StreamLimits(connections=3, connections_per_address=2))
    assert [count.admit("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [count.admit("192.0.2.2") for _ in range(2)] == [True, False]
    count.release("192.0.2.1")
    assert count.admit("192.0.2.2")


def test_an_ipv6_network_counts_as_one_address() -> None:
    count = ConnectionCount(StreamLimits(connections_per_address=1))
    assert count.admit("2001:db8::1")
    assert not count.admit("2001:db8::2")
    assert count.admit("2001:db8:0:1::1")
    assert count.admit("fe80::1%eth0")
