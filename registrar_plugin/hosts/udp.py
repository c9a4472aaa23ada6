"""SIP over UDP: one socket in the event loop."""

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple, assert_never

from registrar_plugin.hosts import lost_datagrams
from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.listener import Transport, address_seen_from
from registrar_plugin.hosts.overload import NOTICEABLE_WAIT, Treatment
from registrar_plugin.registrar import Datagram
from registrar_plugin.sip.via import Address

_LARGEST_DATAGRAM = 65_535
_AT_ONCE = 16
"""Datagrams taken before the loop looks at anything else."""
_SO_TIMESTAMPNS = 35
"""Linux: the kernel says with each datagram when it came; Python has no name for it."""
_NO_TIME = timedelta(0)
_HARDLY = 1000
"""Microseconds: no wait that anybody judges by."""
_TIMESPEC = struct.Struct("@qq")
_ANCILLARY_BYTES = socket.CMSG_SPACE(_TIMESPEC.size) + lost_datagrams.ANCILLARY_BYTES


class UdpFlow(NamedTuple):
    """What a phone and we reach each other by: our socket, and where its datagrams come from."""

    endpoint: "UdpEndpoint"
    source: Address

    @property
    def transport(self) -> Transport:
        """UDP."""
        return Transport.UDP

    @property
    def is_open(self) -> bool:
        """Always: whether the phone is still there, its silence will tell."""
        return True

    def send(self, datagram: Datagram) -> None:
        """Send it from the socket that the phone knows."""
        self.endpoint.send(datagram)

    def own_address(self) -> Address:
        """The address under which the phone sees us."""
        return self.endpoint.own_address(self.source)


class UdpEndpoint:
    """Reads datagrams and gives each to *receive*, under overload to *turn_away*.

    asyncio's own transport takes twice the time: it makes room for 256 KiB each time.
    """

    def __init__(
        self,
        bound: socket.socket,
        *,
        receive: Callable[[bytes, UdpFlow], None],
        turn_away: Callable[[bytes, UdpFlow], None],
        admission: Admission,
    ) -> None:
        self._socket = bound
        self._receive = receive
        self._turn_away = turn_away
        self._admission = admission
        self._lost = 0
        with suppress(OSError):  # elsewhere than on Linux no datagram looks old
            bound.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        lost_datagrams.ask_for_losses(bound)

    @property
    def family(self) -> socket.AddressFamily:
        """IPv4 or IPv6."""
        return self._socket.family

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read from now on, in *loop*."""
        loop.add_reader(self._socket, self._read)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close the socket."""
        loop.remove_reader(self._socket)
        self._socket.close()

    def send(self, datagram: Datagram) -> None:
        """Send it; what cannot leave is lost, as datagrams may be: phones repeat themselves."""
        try:
            self._socket.sendto(datagram.payload, datagram.address)
        except OSError:
            return

    def own_address(self, peer: Address) -> Address:
        """The address under which *peer* sees us."""
        return address_seen_from(self._socket, peer)

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, ancillary, _, source = self._socket.recvmsg(_LARGEST_DATAGRAM, _ANCILLARY_BYTES)
            except OSError:  # nothing more, or an ICMP error: a phone that is gone shows by its silence
                return
            self._take(data, UdpFlow(self, (source[0], source[1])), self._waiting_time(ancillary))

    def _take(self, data: bytes, flow: UdpFlow, waited: timedelta) -> None:
        match self._admission.judge(flow.source[0], waited=waited):
            case Treatment.SERVE:
                self._receive(data, flow)
            case Treatment.TURN_AWAY:
                self._turn_away(data, flow)
            case Treatment.DROP:
                pass
            case _ as never:
                assert_never(never)

    def _waiting_time(self, ancillary: Sequence[tuple[int, int, bytes]]) -> timedelta:
        """How long the datagram lay in the socket's buffer; zero where the kernel does not say.

        Where others were lost before it, it waited for too long whatever the time: a small buffer (Debian's, as it
        comes, holds a few hundred datagrams) is full before any of them is old.
        """
        waited = _NO_TIME
        for _, kind, data in ancillary:
            if kind == _SO_TIMESTAMPNS and len(data) == _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack(data)
                microseconds = (time.time_ns() - seconds * 10**9 - nanoseconds) // 1000
                waited = timedelta(microseconds=microseconds) if microseconds > _HARDLY else _NO_TIME
        lost = lost_datagrams.lost_so_far(ancillary)
        if lost is not None and lost != self._lost:
            self._lost = lost
            return max(waited, NOTICEABLE_WAIT)
        return waited
