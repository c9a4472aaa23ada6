"""A relay between phones and a registrar that keeps what passes, as a wire tap would see it."""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, Thread

_CHUNK = 16_384


@dataclass(slots=True)
class Conversation:
    """One connection: what was sent, in its order, and whether by the registrar."""

    chunks: list[tuple[bool, bytes]] = field(default_factory=list[tuple[bool, bytes]])


class Relay:
    """Takes connections at ``address`` and passes them on to *registrar*."""

    def __init__(self, registrar: tuple[str, int]) -> None:
        self._registrar = registrar
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listening.getsockname()
        self._conversations: list[Conversation] = []
        self._threads: list[Thread] = []
        self._start(self._accept)

    @property
    def conversations(self) -> Sequence[Conversation]:
        """In the order of their beginning; whole once the relay is closed."""
        return self._conversations

    def close(self) -> None:
        """Wait until all connections have ended."""
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listening.accept()
            except OSError:
                return
            registrar = socket.create_connection(self._registrar)
            for end in (phone, registrar):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            conversation, ends = Conversation(), _Ends(phone, registrar)
            self._conversations.append(conversation)
            self._start(partial(ends.pass_on, conversation, by_registrar=False))
            self._start(partial(ends.pass_on, conversation, by_registrar=True))

    def _start(self, work: Callable[[], None]) -> None:
        thread = Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()


class _Ends:
    """Both sockets of a connection; closed when both directions have ended."""

    def __init__(self, phone: socket.socket, registrar: socket.socket) -> None:
        self._phone, self._registrar = phone, registrar
        self._lock = Lock()
        self._directions = 2

    def pass_on(self, conversation: Conversation, *, by_registrar: bool) -> None:
        source, target = (self._registrar, self._phone) if by_registrar else (self._phone, self._registrar)
        try:
            while data := source.recv(_CHUNK):
                with self._lock:
                    conversation.chunks.append((by_registrar, data))
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of them has gone, the other is let go
            self._shut(self._phone)
            self._shut(self._registrar)
        with self._lock:
            self._directions -= 1
            if self._directions == 0:
                self._phone.close()
                self._registrar.close()

    def _shut(self, end: socket.socket) -> None:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
