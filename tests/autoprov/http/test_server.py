from collections.abc import Iterable
from contextlib import ExitStack
from socket import create_connection
from urllib.parse import urlsplit
from urllib.request import urlopen
from wsgiref.types import StartResponse, WSGIEnvironment

from tests.peers.serving import serving

PHONES = 250


def greet(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


def test_a_building_of_phones_that_hold_their_connections_keeps_no_other_waiting() -> None:
    with serving(greet) as url, ExitStack() as stack:
        address = urlsplit(url)
        for _ in range(PHONES):
            phone = stack.enter_context(create_connection((address.hostname, address.port), timeout=10))
            phone.sendall(b"GET / HTTP/1.1\r\nHost: ")
        with urlopen(url, timeout=10) as answer:
            assert answer.read() == b"hello"
