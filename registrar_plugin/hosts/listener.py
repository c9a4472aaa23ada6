"""Where a registrar listens: transport, host and port, and the socket that is bound there."""

import socket
from dataclasses import dataclass
from enum import Enum

from registrar_plugin.sip.host import write_host_port
from registrar_plugin.sip.via import Address

_UDP_RECEIVE_BUFFER = 1 << 20
"""A building's phones register at the same second when its power comes back."""
_BACKLOG = 512
_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


class Transport(Enum):
    """How messages travel; the value is the word in settings and URIs."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"

    @property
    def socket_kind(self) -> socket.SocketKind:
        """Datagrams or a stream."""
        return socket.SOCK_DGRAM if self is Transport.UDP else socket.SOCK_STREAM


@dataclass(frozen=True, slots=True)
class Listener:
    """One place to listen at; port 0 takes a free one. IPv6 hosts are without brackets."""

    transport: Transport
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.transport.value}:{write_host_port(self.host, self.port)}"

    @property
    def address(self) -> Address:
        """Host and port."""
        return self.host, self.port


def bound_socket(listener: Listener) -> socket.socket:
    """A socket that receives there, without blocking; ``::`` takes IPv6 alone, so that 0.0.0.0 can stand beside it.

    Raises:
        OSError: it cannot be bound; the text names it.
    """
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    bound = socket.socket(family, listener.transport.socket_kind)
    try:
        bound.setblocking(False)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if listener.transport is Transport.UDP:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _UDP_RECEIVE_BUFFER)
            bound.bind(listener.address)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit it: an answer does not wait until the one before is acknowledged, 40 ms later.
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            bound.bind(listener.address)
            bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        place = f"{write_host_port(listener.host, listener.port)}/{listener.transport.value}"
        raise OSError(error.errno, f"cannot listen on {place}: {error.strerror}") from error
    return bound


def socket_address(bound: socket.socket) -> Address:
    """Where the socket is bound."""
    name = bound.getsockname()
    return name[0], name[1]


def address_seen_from(bound: socket.socket, peer: Address) -> Address:
    """The address under which *peer* sees us; for a socket on all addresses, the one its route begins at."""
    address = socket_address(bound)
    if address[0] not in _ANY_ADDRESS:
        return address
    with socket.socket(bound.family, socket.SOCK_DGRAM) as probe:
        probe.connect(peer)  # sends nothing
        return probe.getsockname()[0], address[1]
