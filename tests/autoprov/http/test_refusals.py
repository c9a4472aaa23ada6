"""Whatever is sent to the port that phones use, and whatever breaks behind it, they hear 404 or 503."""

from collections.abc import Iterable
from contextlib import suppress
from socket import create_connection
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from autoprov.http.expectation import Channel
from autoprov.http.refusals import PhoneChannel
from tests.peers.serving import serving

MALFORMED = {
    "a header without a name": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "a NUL": b"GET / HTTP/1.1\r\nUser-Agent: a\0b\r\n\r\n",
    "a length that is none": b"PUT / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "an encoding that nobody has": b"PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a chunk that is none": b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",
    "no HTTP": b"REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 20_000,
}


def fail(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    raise OSError(28, "No space left on device")


def heard(sent: bytes, *, channel_class: type[Channel] = PhoneChannel) -> bytes:
    """All that comes back, until the connection is closed."""
    received = bytearray()
    with serving(fail, channel_class=channel_class) as url:
        address = urlsplit(url)
        with create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(sent)
            with suppress(ConnectionResetError):  # what was sent beyond the limit is never read
                while part := client.recv(65_536):
                    received += part
    return bytes(received)


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_404_and_the_last_of_its_connection(sent: bytes) -> None:
    head, _, body = heard(sent).partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    assert status in (b"HTTP/1.0 404 Not Found", b"HTTP/1.1 404 Not Found")
    assert {b"Connection: close", b"Content-Length: 13", b"Cache-Control: no-store"} <= set(headers)
    assert any(header.startswith(b"Date: ") for header in headers)
    assert body == b"no such file\n"


def test_an_application_that_fails_is_503() -> None:
    head, _, body = heard(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 60" in head.split(b"\r\n")
    assert body == b"try again later\n"


def test_a_log_that_is_too_large_hears_so() -> None:
    assert heard(b"PUT / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n").startswith(b"HTTP/1.1 413 ")


def test_who_hears_that_a_log_is_too_large_may_go_on_sending_it() -> None:
    with serving(fail, channel_class=PhoneChannel) as url:
        address = urlsplit(url)
        with create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(b"PUT / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n")
            assert b"".join(iter(lambda: client.recv(65_536), b"")).startswith(b"HTTP/1.1 413 ")
            for _ in range(20):
                client.sendall(b"x" * 100_000)


def test_who_sends_without_end_after_a_refusal_is_hung_up_on() -> None:
    with serving(fail, channel_class=PhoneChannel) as url:
        address = urlsplit(url)
        with create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(b"PUT / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n")
            with pytest.raises(ConnectionError):
                client.sendall(b"x" * 100_000_000)


def test_who_is_no_phone_hears_what_is_wrong() -> None:
    assert heard(MALFORMED["a NUL"], channel_class=Channel).startswith(b"HTTP/1.0 400 ")
    assert heard(b"GET / HTTP/1.1\r\n\r\n", channel_class=Channel).startswith(b"HTTP/1.1 500 ")
