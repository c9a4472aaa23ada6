"""What Linux says of datagrams that did not fit into a socket's buffer; Python has no name for it."""

import socket
import struct
from collections.abc import Sequence
from contextlib import suppress

_SO_RXQ_OVFL = 40
_COUNT = struct.Struct("@I")
ANCILLARY_BYTES = socket.CMSG_SPACE(_COUNT.size)
"""What ``recvmsg`` has to make room for."""


def ask_for_losses(bound: socket.socket) -> None:
    """Have each datagram say, once there were any, how many were lost before it; elsewhere than on Linux none does."""
    with suppress(OSError):
        bound.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)


def lost_so_far(ancillary: Sequence[tuple[int, int, bytes]]) -> int | None:
    """How many were lost since the socket was bound, modulo 2**32; None where that is not said, as mostly."""
    for _, kind, data in ancillary:
        if kind == _SO_RXQ_OVFL and len(data) == _COUNT.size:
            return int(_COUNT.unpack(data)[0])
    return None
