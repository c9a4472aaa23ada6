"""RFC 4475 at the running registrar: every message over a real socket, and its valid REGISTERs to the end."""

import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.request import parse_request
from registrar_plugin.sip.via import DEFAULT_PORT
from tests.peers.polycom import PASSWORD, challenge_of, credentials
from tests.registrar_plugin.torture import VERDICTS
from tests.shared_data import shared_data

PHONE_HOST = "127.0.0.77"
"""A loopback address of our own, for the phone listens where its Via says: mostly at 5060."""
LAST = (
    b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;rport;branch=z9hG4bKlast\r\nFrom: <sip:last@h>;tag=a\r\n"
    b"To: <sip:last@h>\r\nCall-ID: last\r\nCSeq: 1 OPTIONS\r\n\r\n"
)


class Sender:
    """Who sends one of the messages to the registrar of the user that it names."""

    def __init__(self, name: str) -> None:
        self.data = shared_data("torture", f"{name}.dat").read_bytes()
        user, port = user_and_port(self.data)
        self.user = user
        self._registrar = EmbeddedRegistrar(
            RegistrarSettings(user, "autoprov", PASSWORD, nonce_key=b"k" * 32),
            listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
            on_accepted=lambda _: None,
            clock=lambda: datetime.now(UTC),
        )
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((PHONE_HOST, port))
        self._socket.settimeout(20)
        (self._address,) = self._registrar.start()

    def ask(self, data: bytes) -> bytes | None:
        """The answer; None where the registrar's next answer is to the message after this one."""
        self._socket.sendto(data, self._address)
        self._socket.sendto(LAST, self._address)
        answers = [self._socket.recv(65_535)]
        while b"Call-ID: last\r\n" not in answers[-1]:
            answers.append(self._socket.recv(65_535))
        assert len(answers) <= 2
        return answers[0] if len(answers) == 2 else None

    def register(self) -> bytes:
        """The answer to the message once it is signed."""
        challenged = self.ask(self.data)
        assert challenged is not None
        signature = credentials(challenge_of(challenged), username=quote(self.user))
        start_line, _, rest = self.data.partition(b"\r\n")
        signed = b"\r\n".join([start_line, f"Authorization: {signature}".encode(), rest])
        answer = self.ask(signed.replace(b"z9hG4bK", b"z9hG4bK-again-"))
        assert answer is not None
        return answer

    def close(self) -> None:
        self._socket.close()
        self._registrar.stop()


@contextmanager
def sender_of(name: str) -> Generator[Sender]:
    sender = Sender(name)
    try:
        yield sender
    finally:
        sender.close()


def user_and_port(data: bytes) -> tuple[str, int]:
    try:
        request = parse_request(data)
    except SipSyntaxError:
        return "nobody", 0
    return request.to.sip_user or "nobody", request.via.port or DEFAULT_PORT


@pytest.mark.parametrize("name", VERDICTS)
def test_the_running_registrar_answers_as_it_should(name: str) -> None:
    with sender_of(name) as sender:
        answer = sender.ask(sender.data)
    status = None if answer is None else int(answer.split(b" ")[1])
    assert status == VERDICTS[name].status


# The contacts of the 200, without the seconds that are left.
BOUND: dict[str, list[str]] = {
    "escnull": ["<sip:%00%00@host5.example.com>", "<sip:%00@host5.example.com>"],
    "dblreq": ["<sip:j.user@host.example.com>"],
    "regaut01": [],
    "cparam01": ["<sip:+19725552222@gw1.example.net>"],
    "cparam02": ["<sip:+19725552222@gw1.example.net;unknownparam>"],
    "regescrt": ["<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"],
}


@pytest.mark.parametrize("name", BOUND)
def test_a_valid_register_is_bound_once_it_is_signed(name: str) -> None:
    with sender_of(name) as sender:
        answer = sender.register().decode()
    assert answer.startswith("SIP/2.0 200 OK\r\n")
    assert re.findall(r"\r\nContact: (.*);expires=\d+(?=\r\n)", answer) == BOUND[name]


def test_every_register_is_either_bound_or_refused() -> None:
    names = [name for name in VERDICTS if shared_data("torture", f"{name}.dat").read_bytes().startswith(b"REGISTER ")]
    refused = {name for name in names if VERDICTS[name].status == 400}
    assert {*BOUND, *refused} == set(names)
    assert refused == {"scalar02", "regbadct", "unksm2"}
