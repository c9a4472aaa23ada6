"""Clients that send or take a byte now and then, and more of them than there is room for."""

import socket
from collections.abc import Generator, Iterable
from contextlib import ExitStack, suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from waitress import wasyncore
from waitress.server import create_server

from autoprov.http.connections import CROWDED, REQUEST_SECONDS, ConnectionGuard

_ROOM: Any = CROWDED + 60
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
BEGUN = b"GET / HTTP/1.1\r\nHost: x"
LARGE = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"

LARGE_BYTES = 20_000_000
"""More than the kernel takes of an answer that nobody reads."""


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = b"x" * (LARGE_BYTES if environ["PATH_INFO"] == "/large" else 5)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Loop:
    """Waitress's loop, turned by the test; the guard's clock is the test's."""

    def __init__(self) -> None:
        self._dispatchers: Any = {}
        listener: Any = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._address = listener.getsockname()
        self._server = create_server(answer, map=self._dispatchers, sockets=[listener], connection_limit=_ROOM)
        self._guard = ConnectionGuard(self._dispatchers, name="test")
        self._stack = ExitStack()

    def connect(self, sent: bytes, *, host: str = "127.0.0.1") -> socket.socket:
        peer = self._stack.enter_context(socket.create_connection(self._address, 10, source_address=(host, 0)))
        peer.sendall(sent)
        return peer

    def turn(self, *, now: float, times: int = 20) -> None:
        for _ in range(times):
            wasyncore.loop(timeout=0.02, use_poll=True, map=self._dispatchers, count=1)
            self._guard.look(now=now)

    def stop(self) -> None:
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._dispatchers)
        self._stack.close()


@pytest.fixture
def loop() -> Generator[Loop]:
    loop = Loop()
    yield loop
    loop.stop()


def is_open(peer: socket.socket) -> bool:
    peer.setblocking(False)
    try:
        while peer.recv(65_536):
            pass
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return False


def test_a_request_that_never_ends_is_cut_off_however_often_a_byte_comes(loop: Loop) -> None:
    slow = loop.connect(BEGUN)
    for second in range(int(REQUEST_SECONDS) + 1):
        assert is_open(slow)
        slow.sendall(b"x")
        loop.turn(now=float(second), times=2)
    loop.turn(now=REQUEST_SECONDS + 2)
    assert not is_open(slow)


def test_an_answer_that_nobody_takes_is_not_kept(loop: Loop) -> None:
    deaf = loop.connect(LARGE)
    for now in (0.0, 2.0, REQUEST_SECONDS + 4):
        loop.turn(now=now)
    deaf.settimeout(10)
    taken = 0
    with suppress(ConnectionError):
        while part := deaf.recv(65_536):
            taken += len(part)
    assert taken < LARGE_BYTES


def test_a_phone_keeps_its_connection_between_its_requests(loop: Loop) -> None:
    phone = loop.connect(WHOLE)
    for minute in range(5):
        loop.turn(now=60.0 * minute)
        assert is_open(phone)
        phone.sendall(WHOLE)


def test_where_one_address_has_most_connections_its_oldest_make_room(loop: Loop) -> None:
    phone = loop.connect(WHOLE, host="127.0.0.2")
    flood = [loop.connect(BEGUN) for _ in range(CROWDED)]
    loop.turn(now=0.0, times=CROWDED + 20)
    assert is_open(phone)
    assert not is_open(flood[0])
    assert is_open(flood[-1])


def test_a_crowd_of_phones_with_a_connection_each_loses_none(loop: Loop) -> None:
    phones = [loop.connect(BEGUN, host=f"127.0.1.{number}") for number in range(1, 251)]
    loop.turn(now=0.0, times=len(phones) + 20)
    assert len(phones) > CROWDED
    assert all(is_open(phone) for phone in phones[:90])
