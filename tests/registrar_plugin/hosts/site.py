"""A running registrar at real sockets, and phones that reach it by each transport."""

import os
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.hosts.tls import CertificateFiles
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registration import AcceptedRegistration, WrongPassword
from registrar_plugin.resync.check_sync import CheckSyncAnswer
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register

PATIENCE_SECONDS = 20
LOOPBACK, LOOPBACK6 = "127.0.0.1", "::1"


def loopback(transport: Transport, host: str = LOOPBACK) -> Listener:
    """A free port there; skips where the machine has no IPv6 loopback, unless it is CI's."""
    if ":" in host and not _has_ipv6():
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no IPv6 loopback address")
        pytest.skip("this machine has no ::1")
    return Listener(transport, host, 0)


class Site:
    """A registrar at *listeners*; ``at`` holds the address of each."""

    def __init__(
        self,
        *listeners: Listener,
        certificate: CertificateFiles | None = None,
        limits: StreamLimits | None = None,
        on_accepted: Callable[[AcceptedRegistration], None] | None = None,
        settings: RegistrarSettings | None = None,
        t1: timedelta = timedelta(milliseconds=10),
    ) -> None:
        self.accepted: list[AcceptedRegistration] = []
        self.wrong_passwords: list[WrongPassword] = []
        self.registrar = EmbeddedRegistrar(
            settings or RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
            listeners=listeners,
            certificate=certificate,
            limits=limits,
            on_accepted=on_accepted or self.accepted.append,
            on_wrong_password=self.wrong_passwords.append,
            clock=lambda: datetime.now(UTC),
            t1=t1,
        )
        self.at = self.registrar.start()

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.registrar.stop()


class StreamPhone:
    """A phone at a TCP connection, in TLS with *tls*; ``source`` is its own address as ``host:port``, at *host*."""

    def __init__(
        self,
        registrar: tuple[str, int],
        *,
        tls: ssl.SSLContext | None = None,
        display_name: str = "KTM4PX-0004f2abcdef",
        password: str = PASSWORD,
        host: str | None = None,
    ) -> None:
        self._display_name = display_name
        self._password = password
        own = None if host is None else (host, 0)
        plain = socket.create_connection(registrar, timeout=PATIENCE_SECONDS, source_address=own)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket = plain if tls is None else tls.wrap_socket(plain, server_hostname=registrar[0])
        except OSError:
            plain.close()
            raise
        self.address: tuple[str, int] = self.socket.getsockname()[:2]
        host, port = self.address
        self.source = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.transport = "TCP" if tls is None else "TLS"
        self._unread = b""

    def __enter__(self) -> "StreamPhone":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Some bytes of the stream."""
        self.socket.sendall(data)

    def receive(self) -> bytes:
        """The next message; none has a body."""
        while b"\r\n\r\n" not in self._unread:
            data = self.socket.recv(65_535)
            assert data, f"closed after {self._unread!r}"
            self._unread += data
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def receive_bytes(self, count: int) -> bytes:
        """Exactly so many."""
        while len(self._unread) < count:
            data = self.socket.recv(65_535)
            assert data, f"closed after {self._unread!r}"
            self._unread += data
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def is_closed_by_peer(self) -> bool:
        """Whether the registrar ends the connection, after whatever it still says."""
        try:
            while self.socket.recv(65_535):
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def request(self, *, cseq: int = 1, authorization: str | None = None, call_id: str = "c7f6bc72e0778e72") -> bytes:
        """Its REGISTER."""
        contact = f"<sip:{USER}@{self.source};transport={self.transport.lower()}>"
        data = register(
            display_name=self._display_name,
            via=self.source,
            branch=f"z9hG4bK{self.address[1]}-{cseq}",
            cseq=cseq,
            contact=contact,
            authorization=authorization,
            call_id=call_id,
        )
        return data.replace(b"SIP/2.0/UDP", b"SIP/2.0/" + self.transport.encode())

    def register(self) -> bytes:
        """Both rounds; the second answer."""
        self.send(self.request())
        challenge = challenge_of(self.receive())
        self.send(self.request(cseq=2, authorization=credentials(challenge, password=self._password)))
        return self.receive()

    def answer(self, notify: bytes, status: str, *fields: str) -> None:
        """Respond to *notify*."""
        self.send(response_to(notify, status, fields))


def response_to(notify: bytes, status: str, fields: Sequence[str] = ()) -> bytes:
    """A phone's response."""
    copied = [line for line in notify.split(b"\r\n") if re.match(rb"(Via|From|To|Call-ID|CSeq):", line)]
    added = [field.encode() for field in fields]
    return b"\r\n".join([f"SIP/2.0 {status}".encode(), *copied, *added, b"Content-Length: 0", b"", b""])


def answer_of(future: "Future[CheckSyncAnswer]") -> CheckSyncAnswer:
    """What a check-sync came to."""
    return future.result(timeout=PATIENCE_SECONDS)


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind((LOOPBACK6, 0))
        except OSError:
            return False
    return True
