"""The ways in which phones are served: CGI, mod_wsgi and embedded, each over HTTP and over HTTPS."""

import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

PREFIX = "/phones"
VVX = "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application"

OF_THE_SERVER = frozenset({"date", "server", "connection", "keep-alive", "via"})
"""Headers that are each server's own; a phone has all others from us, and they are the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; *headers* are ours alone, in lower case and sorted."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


class Edges:
    """Where each edge listens: ``cgi-http``, ``cgi-https``, ``wsgi-http`` ..."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self.urls = urls

    def ask(
        self,
        edge: str,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        source: str = "127.0.0.1",
    ) -> Reply:
        """One request on a connection of its own, from the address *source*; *path* is sent as it is."""
        connection = connect(self.urls[edge], source=source)
        try:
            with suppress(BrokenPipeError):  # the server has answered before it had the whole body
                connection.request(method, path, body=body, headers={"User-Agent": VVX} | dict(headers or {}))
            response = connection.getresponse()
            ours = sorted((name.lower(), value) for name, value in response.getheaders())
            ours = [(name, value) for name, value in ours if name not in OF_THE_SERVER]
            return Reply(response.status, tuple(ours), response.read())
        finally:
            connection.close()

    def date(self, edge: str, path: str) -> str | None:
        """The header that each server makes itself."""
        connection = connect(self.urls[edge])
        try:
            connection.request("GET", path)
            return connection.getresponse().getheader("Date")
        finally:
            connection.close()

    def same(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """What every edge answers, byte for byte."""
        replies = {edge: self.ask(edge, path, method=method, headers=headers, body=body) for edge in self.urls}
        first, *_ = replies.values()
        others = {edge: reply for edge, reply in replies.items() if reply != first}
        assert others == {}, first
        return first


def talk(url: str, sent: bytes, *, patience: float = 20.0) -> bytes:
    """All that comes back on one connection for *sent*, byte for byte, until the server closes it."""
    address = urlsplit(url)
    with ExitStack() as stack:
        peer = stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=patience))
        if address.scheme == "https":
            peer = stack.enter_context(trusting().wrap_socket(peer))
        received = bytearray()
        with suppress(ConnectionError):  # whoever sends too much is cut off, with or without an answer
            peer.sendall(sent)
        with suppress(ConnectionError):
            while part := peer.recv(65536):
                received += part
        return bytes(received)


def connect(url: str, *, source: str = "127.0.0.1") -> HTTPConnection:
    """A connection from *source* to *url*'s server, whoever signed its certificate."""
    address = urlsplit(url)
    if address.scheme == "http":
        return HTTPConnection(address.netloc, timeout=20, source_address=(source, 0))
    return HTTPSConnection(address.netloc, timeout=20, context=trusting(), source_address=(source, 0))


def trusting() -> ssl.SSLContext:
    """For certificates that were made a moment ago."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
