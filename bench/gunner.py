"""Datagrams fired at a registrar, not faster than it reads them, and what it says to them."""

import socket
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import read_message
from registrar_plugin.sip.response import parse_response

_SALVO_DATAGRAMS = 50
_SALVO_BYTES = 60_000
_PATIENCE_SECONDS = 20.0
_T1_SECONDS = 0.5
_LARGEST_DATAGRAM = 65_535


@dataclass(slots=True)
class Toll:
    """What was fired and what came back.

    *statuses* counts the replies; *garbled* holds those that are not sound SIP, though the request that they repeat
    could be read: a 400 has to repeat the very Via or To that is wrong, and a 503 is given unread.
    """

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter[int])
    garbled: list[bytes] = field(default_factory=list[bytes])


class Gunner:
    """A UDP socket aimed at *target*; a context manager."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.toll = Toll()
        self._target = target
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_T1_SECONDS)
        self._probes = 0

    def __enter__(self) -> "Gunner":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def fire(self, datagrams: Iterable[bytes]) -> None:
        """Send all, in salvos that fit into the target's receive buffer.

        Raises:
            TimeoutError: the target does not answer any more.
        """
        in_salvo, size = 0, 0
        for data in datagrams:
            self._socket.sendto(data, self._target)
            self.toll.sent += 1
            in_salvo, size = in_salvo + 1, size + len(data)
            if in_salvo == _SALVO_DATAGRAMS or size > _SALVO_BYTES:
                self._wait_until_read()
                in_salvo, size = 0, 0
        self._wait_until_read()

    def _wait_until_read(self) -> None:
        """Ask with OPTIONS: what was sent before it is read before it is answered."""
        self._probes += 1
        host, port = self._socket.getsockname()
        call_id = f"probe{self._probes}@{host}"
        probe = (
            f"OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bKprobe{self._probes}\r\n"
            f"From: <sip:gunner@{host}>;tag=1\r\nTo: <sip:{host}>\r\nCall-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        self._socket.sendto(probe.encode(), self._target)
        while True:
            try:
                reply = self._socket.recv(_LARGEST_DATAGRAM)
            except TimeoutError:  # turned away unread, as much of a flood is: ask again, like any client of SIP
                if time.monotonic() > deadline:
                    raise
                self._socket.sendto(probe.encode(), self._target)
                continue
            if read_message(reply).headers.first("call-id") == call_id:
                return
            self._judge(reply)

    def _judge(self, reply: bytes) -> None:
        status = int(reply[8:11]) if reply.startswith(b"SIP/2.0 ") and reply[8:11].isdigit() else 0
        self.toll.statuses[status] += 1
        try:
            parse_response(reply)
        except SipSyntaxError:
            if status not in (400, 503, 505, 513):
                self.toll.garbled.append(reply)


def lost_datagrams(port: int) -> int:
    """How many datagrams the kernel dropped because the receive buffer of this UDP port was full."""
    rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if int(row[1].rpartition(":")[2], 16) == port)
