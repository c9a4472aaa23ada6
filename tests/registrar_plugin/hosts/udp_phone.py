"""A phone's UDP socket."""

import socket

from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.registrar_plugin.hosts.site import PATIENCE_SECONDS, response_to


class UdpPhone:
    """A phone on the registrar's loopback address or *host*; ``source`` is its own address as ``host:port``.

    *patience* is how many seconds it waits for an answer.
    """

    def __init__(
        self, registrar: tuple[str, int], *, host: str | None = None, patience: float = PATIENCE_SECONDS
    ) -> None:
        host = host or registrar[0]
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.settimeout(patience)
        self._registrar = registrar
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self.source = f"[{host}]:{self.address[1]}" if ":" in host else f"{host}:{self.address[1]}"

    def __enter__(self) -> "UdpPhone":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, data: bytes) -> None:
        """One datagram to the registrar."""
        self._socket.sendto(data, self._registrar)

    def receive(self) -> bytes:
        """The next datagram."""
        return self._socket.recv(65_535)

    def receive_from(self) -> tuple[bytes, tuple[str, int]]:
        """The next datagram, and where it came from."""
        data, source = self._socket.recvfrom(65_535)
        return data, source[:2]

    def receive_other_than(self, data: bytes) -> bytes:
        """The next datagram that is no repetition of *data*."""
        while (received := self.receive()) == data:
            pass
        return received

    def ask(self, data: bytes) -> bytes:
        """The answer to *data*."""
        self.send(data)
        return self.receive()

    def register(self, *, password: str = PASSWORD, cseq: int = 1) -> bytes:
        """Both rounds; the second answer."""
        asked = {"via": self.source, "contact": f"<sip:{USER}@{self.source}>"}
        challenge = challenge_of(self.ask(register(branch=f"z9hG4bK{cseq}", cseq=cseq, **asked)))
        answer = credentials(challenge, password=password)
        return self.ask(register(branch=f"z9hG4bK{cseq + 1}", cseq=cseq + 1, authorization=answer, **asked))

    def answer(self, notify: bytes, status: str, *fields: str) -> None:
        """Respond to *notify*."""
        self.send(response_to(notify, status, fields))

    def close(self) -> None:
        """Unplug it."""
        self._socket.close()
