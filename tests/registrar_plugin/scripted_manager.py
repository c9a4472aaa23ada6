"""A server that says what a test wants where an Asterisk's manager would, and hangs up."""

import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import Thread

from registrar_plugin.resync.asterisk_manager import ManagerAccount

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
WELCOME = b"Response: Success\r\nChallenge: 1\r\n\r\nEvent: FullyBooted\r\n\r\nResponse: Success\r\n\r\n"
NOTIFY_SENT = b"Response: Success\r\nMessage: NOTIFY sent\r\n\r\n"


@contextmanager
def who_says(text: bytes, *, heard: bytearray | None = None) -> Generator[ManagerAccount]:
    """Says *text* to whoever comes first; *heard* is all that he said, at the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as connection, suppress(OSError):  # he may leave before the end
                connection.sendall(text)
                connection.shutdown(socket.SHUT_WR)
                while said := connection.recv(4096):
                    if heard is not None:
                        heard.extend(said)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield ManagerAccount("127.0.0.1", server.getsockname()[1], "autoprov", "m4nager")
        thread.join()


@contextmanager
def who_drips() -> Generator[ManagerAccount]:
    """Begins a line and goes on with it, a byte at a time, for as long as anybody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as connection, suppress(OSError):
                while True:
                    connection.sendall(b"A")
                    time.sleep(0.02)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield ManagerAccount("127.0.0.1", server.getsockname()[1], "autoprov", "m4nager")
        thread.join()
