"""A socket to a registrar, by the transport that phones are told. Edge: UDP, TCP, TLS."""

import socket
import ssl
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.udp_transaction import transact
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.framing import Broken, StreamFraming
from registrar_plugin.sip.response import Response, parse_response
from registrar_plugin.sip.via import Address

_PAUSES = (timedelta(milliseconds=500), timedelta(seconds=1), timedelta(seconds=2))
PATIENCE = sum(_PAUSES, timedelta())
"""How long an answer is waited for."""
_CHUNK = 65_535


@dataclass(frozen=True, slots=True)
class ProbeConnection:
    """*unverified* says why this machine does not trust the certificate; ``""`` where it does, and without TLS."""

    socket: socket.socket
    transport: Transport
    unverified: str

    @property
    def own_address(self) -> Address:
        """Ours, as far as this machine knows."""
        host, port = self.socket.getsockname()[:2]
        return host, port

    def transact(self, request: bytes, *, method: str, branch: str) -> Response | None:
        """The final response; None where none came in time.

        Raises:
            OSError: nothing leads there, nobody listens there, or what came on the connection is of no use.
        """
        if self.transport is Transport.UDP:
            return transact(self.socket, request, method=method, branch=branch, pauses=_PAUSES)
        self.socket.sendall(request)
        framing, until = StreamFraming(), time.monotonic() + PATIENCE.total_seconds()
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(_CHUNK)
            except TimeoutError:
                return None
            for message in framing.feed(data):
                if isinstance(message, Broken):
                    raise ConnectionError("what comes is no SIP, or very long")
                response = _response(message) if isinstance(message, bytes) else None
                if response is not None and response.via.branch == branch and response.cseq_method == method:
                    return response
            if not data:
                raise ConnectionError("the connection was closed")
        return None


@contextmanager
def connected(at: Address, transport: Transport, *, name: str) -> Generator[ProbeConnection]:
    """A connection until the end of the block; over TLS the certificate should be of *name*, as phones want it.

    One that this machine does not trust is used all the same: what phones trust we do not know.

    Raises:
        OSError: nothing leads there, or nobody listens there.
    """
    unverified = ""
    try:
        ours = _open(at, transport, name, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        unverified = error.verify_message
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        ours = _open(at, transport, name, trusting)
    with ours:
        yield ProbeConnection(ours, transport, unverified)


def _open(at: Address, transport: Transport, name: str, context: ssl.SSLContext) -> socket.socket:
    if transport is Transport.UDP:
        family, _, _, _, address = socket.getaddrinfo(*at, type=socket.SOCK_DGRAM)[0]
        ours = socket.socket(family, socket.SOCK_DGRAM)
        try:
            ours.connect(address)
        except OSError:
            ours.close()
            raise
        return ours
    plain = socket.create_connection(at, timeout=PATIENCE.total_seconds())
    if transport is Transport.TCP:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except OSError:
        plain.close()
        raise


def _response(message: bytes) -> Response | None:
    """The final response, None for anything else."""
    try:
        response = parse_response(message)
    except SipSyntaxError:
        return None
    return response if response.status >= 200 else None
