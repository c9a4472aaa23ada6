"""RFC 4475 and our own shapes over TCP: where a message ends is part of the question there."""

import re
import socket
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from tests.peers.polycom import PASSWORD, challenge_of, credentials
from tests.registrar_plugin.hosts.test_embedded_torture import BOUND, user_and_port
from tests.registrar_plugin.torture import VERDICTS
from tests.shared_data import shared_data

LAST = (
    b"OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TCP h;rport;branch=z9hG4bKlast\r\nFrom: <sip:last@h>;tag=a\r\n"
    b"To: <sip:last@h>\r\nCall-ID: last\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)
SERVED = "200 OK"

# What else is answered when the message and LAST come on one connection: all answers, LAST's included if it gets one.
OVER_TCP: Mapping[str, tuple[list[str], str]] = {
    "dblreq": (
        ["401 Unauthorized", "405 Method Not Allowed"],
        "octets behind the body are the next message, whose own body takes the beginning of LAST in",
    ),
    "clerr": (["513 Message Too Large"], "the body of 9999 octets will not be waited for (§3.1.2.2)"),
    "ncl": (["400 Content-Length: Malformed Number"], "where the next message begins cannot be known (§3.1.2.3)"),
    "mcl01": (["400 Content-Length Given Twice"], "nor here"),
    "baddn": (["400 Content-Length Given Twice"], "the RFC's file lacks the empty line: LAST is read as its headers"),
    "inv2543": (["400 Content-Length Missing"], "§20.14: over a stream it must be there"),
}


@contextmanager
def connected(name: str) -> Generator[tuple[socket.socket, str, bytes]]:
    """A connection to a registrar of the user whom the message names, that user, and the message."""
    data = shared_data("torture", f"{name}.dat").read_bytes()
    user, _ = user_and_port(data)
    registrar = EmbeddedRegistrar(
        RegistrarSettings(user, "autoprov", PASSWORD, nonce_key=b"k" * 32),
        listeners=[Listener(Transport.TCP, "127.0.0.1", 0)],
        on_accepted=lambda _: None,
        clock=lambda: datetime.now(UTC),
    )
    (address,) = registrar.start()
    try:
        with socket.create_connection(address, timeout=20) as connection:
            yield connection, user, data
    finally:
        registrar.stop()


def all_answers(connection: socket.socket, data: bytes) -> list[bytes]:
    """What comes back before the registrar hangs up, which it does when we have nothing more to say."""
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)
    received = b""
    while more := connection.recv(65_535):
        received += more
    return [answer + b"\r\n\r\n" for answer in received.split(b"\r\n\r\n")[:-1]]


@pytest.mark.parametrize("name", VERDICTS)
def test_a_tortuous_message_gets_its_answer_over_tcp_and_the_next_one_too(name: str) -> None:
    with connected(name) as (connection, _, data):
        answers = all_answers(connection, data + LAST)
    verdict = VERDICTS[name]
    own = [] if verdict.status is None else [f"{verdict.status} {verdict.reason}"]
    expected, _ = OVER_TCP.get(name, ([*own, SERVED], ""))
    assert [answer.split(b"\r\n")[0].decode() for answer in answers] == [f"SIP/2.0 {line}" for line in expected]


def test_who_hangs_up_before_the_body_has_come_is_told_so() -> None:
    with connected("clerr") as (connection, _, data):
        shorter = re.sub(rb"(?im)^Content-Length:.*?\r$", b"Content-Length: 8000\r", data)
        assert shorter != data
        (answer,) = all_answers(connection, shorter)
    assert answer.startswith(b"SIP/2.0 400 Message Not Complete\r\n")


@pytest.mark.parametrize("name", BOUND)
def test_a_valid_register_is_bound_over_tcp_once_it_is_signed(name: str) -> None:
    with connected(name) as (connection, user, data):
        connection.sendall(data)
        challenged = connection.recv(65_535)
    assert challenged.startswith(b"SIP/2.0 401 ")
    with connected(name) as (connection, user, data):
        signature = credentials(challenge_of(challenged), username=quote(user))
        start_line, _, rest = data.partition(b"\r\n")
        signed = b"\r\n".join([start_line, f"Authorization: {signature}".encode(), rest])
        answer = all_answers(connection, signed)[0].decode()
    assert answer.startswith("SIP/2.0 200 OK\r\n")
    assert re.findall(r"\r\nContact: (.*);expires=\d+(?=\r\n)", answer) == BOUND[name]
