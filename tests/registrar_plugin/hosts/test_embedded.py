"""The registrar on UDP, in its thread."""

import subprocess
import sys
from collections.abc import Generator

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.resync.check_sync import Answered, Unanswered
from tests.peers.polycom import USER, register
from tests.registrar_plugin.hosts.site import LOOPBACK6, PATIENCE_SECONDS, Site, answer_of, loopback
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import eventually

MAC = MacAddress("0004f2abcdef")


@pytest.fixture
def site() -> Generator[Site]:
    with Site(loopback(Transport.UDP)) as running:
        yield running


@pytest.fixture
def phone(site: Site) -> Generator[UdpPhone]:
    with UdpPhone(site.at[0]) as running:
        yield running


def test_a_phone_registers_over_a_real_socket(site: Site, phone: UdpPhone) -> None:
    response = phone.register()
    assert response.startswith(b"SIP/2.0 200 OK\r\n")
    assert f"Contact: <sip:{USER}@{phone.source}>;expires=300\r\n".encode() in response
    assert eventually(lambda: len(site.accepted) == 1)
    assert site.accepted[0].source == phone.address
    assert site.registrar.answers == {401: 1, 200: 1}


def test_the_reply_reaches_a_phone_behind_a_nat(site: Site, phone: UdpPhone) -> None:
    response = phone.ask(register(via="192.168.1.104:5060"))
    assert b"Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKone;received=127.0.0.1\r\n" in response


def test_junk_and_keep_alives_are_survived_in_silence(site: Site, phone: UdpPhone) -> None:
    for junk in (b"", b"\r\n\r\n", b"\xff" * 1000, b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", b"SIP/", b"\0"):
        phone.send(junk)
    assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")


def test_a_check_sync_reaches_the_registered_phone_and_its_answer_comes_back(site: Site, phone: UdpPhone) -> None:
    phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = phone.receive()
    assert notify.startswith(f"NOTIFY sip:{USER}@{phone.source} SIP/2.0\r\n".encode())
    phone.answer(notify, "100 Trying")
    phone.answer(notify, "200 OK")
    assert answer_of(future) == Answered(200)


def test_a_check_sync_is_repeated_until_it_is_answered(site: Site, phone: UdpPhone) -> None:
    phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = phone.receive()
    assert phone.receive() == notify
    phone.answer(notify, "481 Call/Transaction Does Not Exist")
    assert answer_of(future) == Answered(481)


def test_somebody_elses_response_answers_nothing(site: Site, phone: UdpPhone) -> None:
    phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = phone.receive()
    phone.answer(notify.replace(b"branch=z9hG4bK", b"branch=z9hG4bKx"), "200 OK")
    assert answer_of(future) is Unanswered.NO_ANSWER


def test_a_phone_that_is_not_registered_cannot_be_asked(site: Site, phone: UdpPhone) -> None:
    assert answer_of(site.registrar.send_check_sync(MAC)) is Unanswered.NOT_REGISTERED


@pytest.mark.parametrize(("everywhere", "seen"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])
def test_a_registrar_on_all_addresses_names_the_one_that_the_phone_sees(everywhere: str, seen: str) -> None:
    host = loopback(Transport.UDP, seen.strip("[]")).host
    with Site(Listener(Transport.UDP, everywhere, 0)) as site:
        _, port = site.at[0]
        with UdpPhone((host, port)) as phone:
            phone.register()
            future = site.registrar.send_check_sync(MAC)
            notify = phone.receive()
            assert f"\r\nVia: SIP/2.0/UDP {seen}:{port};".encode() in notify
            phone.answer(notify, "200 OK")
            assert answer_of(future) == Answered(200)


def test_a_phone_registers_over_ipv6() -> None:
    with Site(loopback(Transport.UDP, LOOPBACK6)) as site, UdpPhone(site.at[0]) as phone:
        response = phone.register()
        assert response.startswith(b"SIP/2.0 200 OK\r\n")
        assert f"Contact: <sip:{USER}@{phone.source}>".encode() in response


def test_behind_an_ipv6_nat_the_reply_says_what_was_seen() -> None:
    with Site(loopback(Transport.UDP, LOOPBACK6)) as site, UdpPhone(site.at[0]) as phone:
        response = phone.ask(register(via="[2001:db8::9]:5060;rport"))
        assert f";received=::1;rport={phone.address[1]}\r\n".encode() in response


def test_ipv4_and_ipv6_stand_side_by_side_on_one_port() -> None:
    loopback(Transport.UDP, LOOPBACK6)
    with Site(Listener(Transport.TCP, "0.0.0.0", 0)) as one, Site(Listener(Transport.TCP, "::", one.at[0][1])) as other:
        assert one.at[0][1] == other.at[0][1]


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_an_address_in_use_is_said_at_the_start_and_nothing_is_left_open(transport: Transport) -> None:
    with Site(loopback(transport)) as site:
        host, port = site.at[0]
        with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:{port}/{transport.value}"):
            Site(loopback(Transport.UDP), Listener(transport, host, port))


WITHOUT_FILES = """
import os, resource
from datetime import UTC, datetime
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from tests.registrar_plugin.exchange import settings
listeners = [Listener(transport, "127.0.0.1", 0) for transport in (Transport.UDP, Transport.TCP)]
registrar = EmbeddedRegistrar(
    settings(), listeners=listeners, on_accepted=lambda _: None, clock=lambda: datetime.now(UTC)
)
open_files = len(os.listdir("/proc/self/fd")) - 1
resource.setrlimit(resource.RLIMIT_NOFILE, (open_files + len(listeners), 4096))
try:
    registrar.start()
except OSError as error:
    print(error.strerror)
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
print(len(os.listdir("/proc/self/fd")) - 1 - open_files)
registrar.stop()
"""


def test_a_loop_that_cannot_start_is_said_at_the_start_and_nothing_is_left_open() -> None:
    command = [sys.executable, "-c", WITHOUT_FILES]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS)
    assert done.stdout.splitlines() == ["Too many open files", "0"], done.stderr
