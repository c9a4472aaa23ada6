"""A WSGI application behind a socket: waitress in a thread of its own."""

import logging
import socket
import time
from threading import Event, Thread
from typing import Any
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from autoprov.http.connections import ConnectionGuard
from autoprov.http.expectation import Channel

logger = logging.getLogger(__name__)

_LOOK_FOR_STOP = 0.1
_CONNECTIONS = 300
"""Phones keep theirs open while they boot, a building's all at once. Three servers of these fit into 1024 files."""
_HEADER_BYTES = 65_536
"""Phones send some hundred bytes, browsers some thousand."""


class HttpServer:
    """Binds at construction, so that a port in use is an error of the start and not of a thread.

    *judges_proxies*: the application itself knows which proxies' ``X-Forwarded-For`` it believes; else it sees none.
    *channel_class* is what a connection is to waitress.

    Raises:
        OSError: the address cannot be bound; its text names host and port.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        host: str,
        port: int,
        name: str,
        threads: int = 8,
        judges_proxies: bool = False,
        channel_class: type[Channel] = Channel,
    ) -> None:
        self._socket = _bound_socket(host, port)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._stopping = Event()
        self._dispatchers: Any = {}  # waitress's stubs say Mapping[int, socket], which it is not
        server = create_server(
            app,
            sockets=[self._socket],
            threads=threads,
            ident=None,
            map=self._dispatchers,
            clear_untrusted_proxy_headers=not judges_proxies,
            max_request_header_size=_HEADER_BYTES,
            max_request_body_size=2**20,
            connection_limit=_CONNECTIONS,
            channel_timeout=30,
        )
        assert isinstance(server, BaseWSGIServer), "one socket makes one server"
        server.channel_class = channel_class
        self._server = server
        self._guard = ConnectionGuard(self._dispatchers, name=name)
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def url(self) -> str:
        """``http://HOST:PORT`` as a client on this machine reaches it."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()
        logger.info("http server listens", extra={"server": self._thread.name, "url": self.url})

    def stop(self) -> None:
        """Finish the requests under way (two seconds at most), then close the port."""
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=2)
        self._stopping.set()
        if self._thread.ident is None:
            wasyncore.close_all(self._dispatchers)
        else:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        """Waitress's loop, ended from within: closed by another thread, its sockets would go under poll()."""
        while not self._stopping.is_set():
            wasyncore.loop(timeout=_LOOK_FOR_STOP, use_poll=True, map=self._dispatchers, count=1)
            self._guard.look(now=time.monotonic())
        wasyncore.close_all(self._dispatchers)


def _bound_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
    return bound
