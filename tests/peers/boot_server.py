"""A boot server that a site might have: files over HTTP, and the faults that sites have."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LONGEST_HANG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Fails:
    """The server answers with an error."""

    status: int
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Hangs:
    """The server takes the request and says nothing."""


@dataclass(frozen=True, slots=True)
class HangsUp:
    """The server closes the connection without an answer."""


Fault = Fails | Hangs | HangsUp


@dataclass(frozen=True, slots=True)
class BootRequest:
    """What a phone asked, as it came."""

    method: str
    path: str
    user_agent: str
    body: bytes


class BootServer:
    """Serves *files* by path (``/0004f2abcdef.cfg``); what is not there is 404, what is in *faults* fails so."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self.files = dict(files or {})
        self.content_type = "text/plain"
        self.faults: dict[str, Fault] = {}
        self.requests: list[BootRequest] = []
        self._is_over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="boot-server")

    @property
    def url(self) -> str:
        """What DHCP option 160 would say."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def asked(self, path: str) -> list[BootRequest]:
        """The requests for *path*, oldest first."""
        return [request for request in self.requests if request.path == path]

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: BootRequest, handler: BaseHTTPRequestHandler) -> None:
        """Do what this server does with *request*."""
        self.requests.append(request)
        match self.faults.get(request.path):
            case Hangs():
                self._is_over.wait(_LONGEST_HANG_SECONDS)
            case HangsUp():
                return
            case Fails(status, retry_after):
                handler.send_response(status)
                if retry_after is not None:
                    handler.send_header("Retry-After", str(retry_after))
                handler.end_headers()
            case None if request.method == "PUT":
                handler.send_response(201)
                handler.end_headers()
            case None if request.path in self.files:
                handler.send_response(200)
                handler.send_header("Content-Type", self.content_type)
                handler.end_headers()
                handler.wfile.write(self.files[request.path].encode())
            case None:
                handler.send_response(404)
                handler.end_headers()


def _handler_of(server: BootServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            user_agent = self.headers.get("User-Agent", "")
            server.answer(BootRequest(self.command, self.path, user_agent, body), self)

        do_GET = _answer  # noqa: N815 - http.server's name
        do_PUT = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Keep the test's output clean; ``requests`` has it all."""

    return Handler


@contextmanager
def boot_server(files: Mapping[str, str] | None = None) -> Generator[BootServer]:
    """A boot server on a free loopback port, until the block ends."""
    server = BootServer(files)
    server.start()
    try:
        yield server
    finally:
        server.stop()
