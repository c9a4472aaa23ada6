"""The phone's one UDP socket, and a way to wake whoever waits at it."""

import selectors
import socket
from datetime import timedelta

_MAX_DATAGRAM = 65_535


class SipSocket:
    """Bound at construction; ``address`` is what stands in Via and Contact."""

    def __init__(self, *, listen: str, port: int) -> None:
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((listen, port))
        self._udp.setblocking(False)
        host, bound_port = self._udp.getsockname()
        self.address: tuple[str, int] = (host, bound_port)
        self._waker, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._udp, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def send(self, datagram: bytes, to: tuple[str, int]) -> None:
        """Send, or lose: UDP may drop a datagram anyway, and the timers send it again."""
        try:
            self._udp.sendto(datagram, to)
        except OSError:  # no route, no such host, an earlier ICMP "port unreachable"
            return

    def wait(self, timeout: timedelta) -> list[tuple[bytes, tuple[str, int]]]:
        """The datagrams that are there, each with its sender; none after *timeout* or when woken."""
        self._selector.select(max(timeout.total_seconds(), 0.0))
        arrived: list[tuple[bytes, tuple[str, int]]] = []
        while True:
            try:
                arrived.append(self._udp.recvfrom(_MAX_DATAGRAM))
            except BlockingIOError:
                return arrived
            except OSError:  # the kernel hands over an ICMP error in place of a datagram
                continue

    def wake(self) -> None:
        """End a ``wait``, now and from here on; callable from another thread."""
        self._waker.send(b"!")

    def close(self) -> None:
        """Give everything back."""
        self._selector.close()
        for end in (self._udp, self._waker, self._woken):
            end.close()
