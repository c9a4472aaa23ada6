"""A backend that breaks while it answers: it says what it is told to, and hangs up."""

import socket
from threading import Thread


class Breaking:
    """Listens on loopback until it is stopped; *said* is all that each connection hears."""

    def __init__(self) -> None:
        self.said = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._run, name="breaking", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=10)
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:  # stopped
                return
            with peer:
                peer.recv(65_536)
                peer.sendall(self.said)
