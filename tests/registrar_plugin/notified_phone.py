"""A phone that waits for NOTIFYs at a UDP socket."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

from tests.registrar_plugin.hosts.site import response_to

_LARGEST = 65_535


class NotifiedPhone:
    """Answers each NOTIFY with the next of *statuses*, the last again and again; with none of them it stays silent."""

    def __init__(self, *statuses: str) -> None:
        self._statuses = list(statuses)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self.heard: list[bytes] = []
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self.address)  # wakes the thread, and is its end
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while True:
            request, sender = self._socket.recvfrom(_LARGEST)
            if not request:
                return
            self.heard.append(request)
            if self._statuses:
                status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
                first, *fields = status.split("\n")
                self._socket.sendto(response_to(request, first, fields), sender)


@contextmanager
def notified_phone(*statuses: str) -> Generator[NotifiedPhone]:
    """A phone until the end of the block."""
    phone = NotifiedPhone(*statuses)
    try:
        yield phone
    finally:
        phone.close()
