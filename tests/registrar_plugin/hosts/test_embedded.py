import re
import socket
from collections.abc import Generator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.check_sync import Answered, CheckSyncAnswer, Unanswered
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.registrar_plugin.registrations import eventually

MAC = MacAddress("0004f2abcdef")


class UdpPhone:
    """A phone's socket; ``source`` is its own address as ``host:port``."""

    def __init__(self, registrar: tuple[str, int]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self._registrar = registrar
        self.address: tuple[str, int] = self._socket.getsockname()
        self.source = f"127.0.0.1:{self.address[1]}"

    def send(self, data: bytes) -> None:
        self._socket.sendto(data, self._registrar)

    def receive(self) -> bytes:
        return self._socket.recv(65_535)

    def ask(self, data: bytes) -> bytes:
        self.send(data)
        return self.receive()

    def register(self) -> bytes:
        contact = f"<sip:{USER}@{self.source}>"
        challenge = challenge_of(self.ask(register(via=self.source, branch="z9hG4bK1", contact=contact)))
        answer = credentials(challenge)
        return self.ask(register(via=self.source, branch="z9hG4bK2", cseq=2, contact=contact, authorization=answer))

    def answer(self, notify: bytes, status: str) -> None:
        copied = [line for line in notify.split(b"\r\n") if re.match(rb"(Via|From|To|Call-ID|CSeq):", line)]
        self.send(b"\r\n".join([f"SIP/2.0 {status}".encode(), *copied, b"Content-Length: 0", b"", b""]))

    def close(self) -> None:
        self._socket.close()


class Site:
    """A running registrar, what it accepted, and a phone."""

    def __init__(self) -> None:
        self.accepted: list[AcceptedRegistration] = []
        self.registrar = EmbeddedRegistrar(
            RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
            host="127.0.0.1",
            port=0,
            on_accepted=self.accepted.append,
            clock=lambda: datetime.now(UTC),
            t1=timedelta(milliseconds=10),
        )
        self.address = self.registrar.start()
        self.phone = UdpPhone(self.address)

    def close(self) -> None:
        self.phone.close()
        self.registrar.stop()


@pytest.fixture
def site() -> Generator[Site]:
    running = Site()
    yield running
    running.close()


def answer_of(future: "Future[CheckSyncAnswer]") -> CheckSyncAnswer:
    return future.result(timeout=20)


def test_a_phone_registers_over_a_real_socket(site: Site) -> None:
    response = site.phone.register()
    assert response.startswith(b"SIP/2.0 200 OK\r\n")
    assert f"Contact: <sip:{USER}@{site.phone.source}>;expires=300\r\n".encode() in response
    assert eventually(lambda: len(site.accepted) == 1)
    assert site.accepted[0].source == site.phone.address
    assert site.registrar.answers == {401: 1, 200: 1}


def test_the_reply_reaches_a_phone_behind_a_nat(site: Site) -> None:
    response = site.phone.ask(register(via="192.168.1.104:5060"))
    assert b"Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKone;received=127.0.0.1\r\n" in response


def test_junk_and_keep_alives_are_survived_in_silence(site: Site) -> None:
    for junk in (b"", b"\r\n\r\n", b"\xff" * 1000, b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n", b"SIP/", b"\0"):
        site.phone.send(junk)
    assert site.phone.register().startswith(b"SIP/2.0 200 OK\r\n")


def test_a_check_sync_reaches_the_registered_phone_and_its_answer_comes_back(site: Site) -> None:
    site.phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = site.phone.receive()
    assert notify.startswith(f"NOTIFY sip:{USER}@{site.phone.source} SIP/2.0\r\n".encode())
    site.phone.answer(notify, "100 Trying")
    site.phone.answer(notify, "200 OK")
    assert answer_of(future) == Answered(200)


def test_a_check_sync_is_repeated_until_it_is_answered(site: Site) -> None:
    site.phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = site.phone.receive()
    assert site.phone.receive() == notify
    site.phone.answer(notify, "481 Call/Transaction Does Not Exist")
    assert answer_of(future) == Answered(481)


def test_somebody_elses_response_answers_nothing(site: Site) -> None:
    site.phone.register()
    future = site.registrar.send_check_sync(MAC)
    notify = site.phone.receive()
    site.phone.answer(notify.replace(b"branch=z9hG4bK", b"branch=z9hG4bKx"), "200 OK")
    assert answer_of(future) is Unanswered.NO_ANSWER


def test_a_phone_that_is_not_registered_cannot_be_asked(site: Site) -> None:
    assert answer_of(site.registrar.send_check_sync(MAC)) is Unanswered.NOT_REGISTERED


def test_a_registrar_on_all_addresses_names_the_one_that_the_phone_sees() -> None:
    registrar = EmbeddedRegistrar(
        RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
        host="0.0.0.0",
        port=0,
        on_accepted=lambda _: None,
        clock=lambda: datetime.now(UTC),
    )
    _, port = registrar.start()
    phone = UdpPhone(("127.0.0.1", port))
    try:
        phone.register()
        future = registrar.send_check_sync(MAC)
        notify = phone.receive()
        assert f"\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};".encode() in notify
        phone.answer(notify, "200 OK")
        assert answer_of(future) == Answered(200)
    finally:
        phone.close()
        registrar.stop()


def test_an_address_in_use_is_said_at_the_start(site: Site) -> None:
    second = EmbeddedRegistrar(
        RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
        host=site.address[0],
        port=site.address[1],
        on_accepted=site.accepted.append,
        clock=lambda: datetime.now(UTC),
    )
    with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:{site.address[1]}/udp"):
        second.start()
    second.stop()
