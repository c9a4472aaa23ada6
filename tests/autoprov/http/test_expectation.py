"""Clients that say ``Expect: 100-continue``, and do as they say."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from http.client import HTTPResponse
from socket import MSG_PEEK, create_connection, socket
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from tests.peers.serving import serving

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
WELL_BELOW_THE_CUT = 10.0
"""Seconds; whoever is waited for in vain is cut off after thirty."""


def echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["REQUEST_METHOD"].encode() + b" " + environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def connected() -> Generator[socket]:
    with serving(echo) as url:
        address = urlsplit(url)
        with create_connection((address.hostname, address.port), timeout=WELL_BELOW_THE_CUT) as client:
            yield client


def request(first_line: str, *headers: str) -> bytes:
    return "\r\n".join([first_line, "Host: x", "Expect: 100-continue", *headers, "", ""]).encode()


def answer(client: socket, method: str = "PUT") -> tuple[int, bytes]:
    """The status that ends the matter, and the body; ``http.client`` passes over a 100."""
    response = HTTPResponse(client, method=method)
    response.begin()
    return response.status, response.read()


@pytest.mark.parametrize("body", [b"5\r\nhello\r\n0\r\n\r\n", b"hello"])
def test_who_waits_for_the_100_gets_it_before_the_body_is_sent(body: bytes) -> None:
    length = "Content-Length: 5" if body == b"hello" else "Transfer-Encoding: chunked"
    with connected() as client:
        client.sendall(request("PUT /0004f2abcdef-app.log HTTP/1.1", length))
        assert client.recv(len(CONTINUE)) == CONTINUE
        client.sendall(body)
        assert answer(client) == (200, b"PUT hello")


def test_who_does_not_wait_is_answered_all_the_same() -> None:
    with connected() as client:
        client.sendall(request("PUT / HTTP/1.1", "Content-Length: 5") + b"hello")
        assert answer(client) == (200, b"PUT hello")


@pytest.mark.parametrize(
    ("first_line", "headers"),
    [
        ("GET /000000000000.cfg HTTP/1.1", ()),
        ("PUT / HTTP/1.1", ("Content-Length: 0",)),
        ("PUT / HTTP/1.0", ("Connection: keep-alive",)),
    ],
)
def test_a_request_without_a_body_is_answered_at_once(first_line: str, headers: tuple[str, ...]) -> None:
    method = first_line[:3].encode()
    with connected() as client:
        client.sendall(request(first_line, *headers))
        assert client.recv(12, MSG_PEEK).endswith(b" 200")
        assert answer(client) == (200, method + b" ")


@pytest.mark.parametrize(("length", "refusal"), [("2000000", b"HTTP/1.1 413"), ("five", b"HTTP/1.1 400")])
def test_a_body_that_will_not_be_read_is_refused_before_it_is_sent(length: str, refusal: bytes) -> None:
    with connected() as client:
        client.sendall(request("PUT / HTTP/1.1", f"Content-Length: {length}"))
        assert client.recv(len(refusal)) == refusal


def test_a_connection_is_good_for_the_next_request_afterwards() -> None:
    with connected() as client:
        for _ in range(2):
            client.sendall(request("PUT / HTTP/1.1", "Content-Length: 5"))
            assert client.recv(len(CONTINUE)) == CONTINUE
            client.sendall(b"hello")
            assert answer(client) == (200, b"PUT hello")
