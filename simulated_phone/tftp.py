"""Reading a file by TFTP (RFC 1350), as a phone does whose DHCP option 66 names a TFTP server."""

import socket
import struct
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote, urljoin, urlsplit

PORT = 69
_READ, _DATA, _ACKNOWLEDGE, _ERROR = 1, 3, 4, 5
_FILE_NOT_FOUND = 1
_BLOCK = 512
_RETRANSMIT_AFTER = 1.0
_LOOK_UP_AFTER = 0.1
_LARGEST_DATAGRAM = 65_535


def resolve(base: str, name: str) -> str:
    """*name* at the server *base*, or *name* itself where it is a whole URL; ``urljoin`` does not know tftp."""
    if not base.startswith("tftp:") or urlsplit(name).scheme:
        return urljoin(base, name)
    return "tftp" + urljoin("http" + base.removeprefix("tftp"), name).removeprefix("http")


def read_file(
    address: tuple[str, int], path: str, *, listen: str, timeout: timedelta, is_cut: Callable[[], bool]
) -> bytes | None:
    """The file's content, None where the server has no such file.

    Raises:
        OSError: the server says anything else, or nothing within *timeout*; or *is_cut* says that it is over.
    """
    name = unquote(path).lstrip("/").encode("utf-8")
    request = struct.pack("!H", _READ) + name + b"\0octet\0"
    blocks: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.bind((listen, 0))
        link.settimeout(_LOOK_UP_AFTER)
        conversation = _Conversation(link, address, timeout, is_cut)
        reply = conversation.ask(request, block=1)
        while reply is not None:
            blocks.append(reply)
            acknowledge = struct.pack("!HH", _ACKNOWLEDGE, len(blocks) % 65_536)
            if len(reply) < _BLOCK:
                link.sendto(acknowledge, conversation.peer)
                return b"".join(blocks)
            reply = conversation.ask(acknowledge, block=(len(blocks) + 1) % 65_536)
    return None


class _Conversation:
    """One transfer; the port that the server answers from is its identifier (§4)."""

    def __init__(
        self, link: socket.socket, server: tuple[str, int], timeout: timedelta, is_cut: Callable[[], bool]
    ) -> None:
        self.peer = server
        self._link = link
        self._server = server
        self._timeout = timeout.total_seconds()
        self._is_cut = is_cut

    def ask(self, datagram: bytes, *, block: int) -> bytes | None:
        """The data of block number *block*, which *datagram* asks for; None where there is no such file."""
        deadline = time.monotonic() + self._timeout
        send_at = 0.0
        while (now := time.monotonic()) < deadline and not self._is_cut():
            if now >= send_at:
                self._link.sendto(datagram, self.peer)
                send_at = now + _RETRANSMIT_AFTER
            try:
                answer, sender = self._link.recvfrom(_LARGEST_DATAGRAM)
            except TimeoutError:
                continue
            if len(answer) < 4 or not self._is_of_this_transfer(sender):
                continue
            operation, number = struct.unpack("!HH", answer[:4])
            if operation == _ERROR and number == _FILE_NOT_FOUND:
                return None
            if operation == _ERROR:
                raise ConnectionError(f"TFTP error {number}")
            if operation == _DATA and number == block:
                self.peer = sender
                return answer[4:]
        raise TimeoutError

    def _is_of_this_transfer(self, sender: tuple[str, int]) -> bool:
        return sender[0] == self._server[0] and self.peer in (self._server, sender)
