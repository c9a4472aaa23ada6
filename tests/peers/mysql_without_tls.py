"""A MySQL 8 as far as its login, without TLS, whose users have ``caching_sha2_password`` as fresh ones do."""

import socketserver
import struct
import threading
from collections.abc import Generator
from contextlib import contextmanager

_LONG_PASSWORD, _WITH_DB, _PROTOCOL_41, _SECURE, _PLUGIN_AUTH = 0x1, 0x8, 0x200, 0x8000, 0x80000
_CAPABILITIES = _LONG_PASSWORD | _WITH_DB | _PROTOCOL_41 | _SECURE | _PLUGIN_AUTH
_SALT = b"12345678", b"123456789012"
_UTF8, _AUTOCOMMIT = 45, 2
_MORE, _FULL = b"\x01", b"\x04"


class _Login(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Greet, ask for the password itself, and give a key to encrypt it with."""
        greeting = struct.pack("<B7sI8sx", 10, b"8.0.36\0", 1, _SALT[0])
        greeting += struct.pack("<HBHH", _CAPABILITIES & 0xFFFF, _UTF8, _AUTOCOMMIT, _CAPABILITIES >> 16)
        greeting += struct.pack("<B10x12sx", 21, _SALT[1]) + b"caching_sha2_password\0"
        self._send(0, greeting)
        for number, answer in ((2, _MORE + _FULL), (4, _MORE + b"-----BEGIN PUBLIC KEY-----")):
            if not self._was_answered():
                return
            self._send(number, answer)
        self._was_answered()

    def _send(self, number: int, packet: bytes) -> None:
        self.wfile.write(len(packet).to_bytes(3, "little") + bytes([number]) + packet)

    def _was_answered(self) -> bool:
        """Whether the client sent one more packet."""
        head = self.rfile.read(4)
        return len(head) == 4 and bool(self.rfile.read(int.from_bytes(head[:3], "little")))


@contextmanager
def mysql_without_tls() -> Generator[int]:
    """Its port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Login) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
