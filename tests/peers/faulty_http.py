"""A real HTTP proxy in front of a server, that fails as told: before the request gets there, or after it was done."""

import select
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Fault(Enum):
    """What happens to one request; AFTER means that the server carried it out."""

    NONE = "passed on"
    STATUS_500 = "answered 500 by the proxy"
    STATUS_502 = "answered 502 by the proxy"
    STATUS_503 = "answered 503 by the proxy"
    STATUS_504_AFTER = "answered 504 although the server did it"
    SILENCE_BEFORE = "never answered, never passed on"
    SILENCE_AFTER = "never answered although the server did it"
    RESET_BEFORE = "connection reset, never passed on"
    RESET_AFTER = "connection reset although the server did it"
    HALF_ANSWER_AFTER = "half of the server's answer, then the end"
    SLOW = "the server's answer, late"
    RACE = "sent twice at once, the loser's answer passed on"
    HTML_200 = "a friendly page in place of the answer"
    HTML_404 = "a page that says 404 in place of the answer"
    EMPTY_404 = "an empty 404 in place of the answer"
    REDIRECT = "sent elsewhere"
    DENIED = "answered 403 by the proxy"


_STATUS = {
    Fault.STATUS_500: 500,
    Fault.STATUS_502: 502,
    Fault.STATUS_503: 503,
    Fault.STATUS_504_AFTER: 504,
    Fault.HTML_200: 200,
    Fault.HTML_404: 404,
    Fault.EMPTY_404: 404,
    Fault.REDIRECT: 302,
    Fault.DENIED: 403,
}
_DONE_BY_SERVER = {
    Fault.NONE,
    Fault.STATUS_504_AFTER,
    Fault.SILENCE_AFTER,
    Fault.RESET_AFTER,
    Fault.HALF_ANSWER_AFTER,
    Fault.SLOW,
    Fault.RACE,
}
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "server", "date"}
_PAGE = b"<html><body><h1>Welcome to the proxy</h1></body></html>\n"


def always(fault: Fault) -> Callable[[str], Fault]:
    """The same for every request."""
    return lambda _request: fault


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class FaultyHttp:
    """The proxy before *upstream* (a base URL). *faults* are for the next requests, one each; then *otherwise* tells.

    ``before`` is called ahead of each request that is passed on, so that a test can be faster than a client. *pause* is
    how many seconds late a slow answer is. ``done`` counts the faults that hit a request after the server had answered
    it with 200, by the request.
    """

    def __init__(
        self,
        upstream: str,
        faults: Iterable[Fault] = (),
        *,
        otherwise: Callable[[str], Fault] = lambda _request: Fault.NONE,
        pause: float = 0.2,
    ) -> None:
        self.faults = deque(faults)
        self.otherwise = otherwise
        self.pause = pause
        self.counts: Counter[Fault] = Counter()
        self.done: Counter[tuple[str, Fault]] = Counter()
        self.requests: list[str] = []
        self.before: Callable[[str], None] = lambda _request: None
        self.closing = Event()
        self._upstream = urlsplit(upstream).netloc
        self._lock = Lock()
        proxy = self

        class Handler(_Handler):
            peer = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="faulty-http")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The proxy's base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next_fault(self, request: str) -> Fault:
        """What is to happen to this request; it counts as hit."""
        with self._lock:
            self.requests.append(request)
            fault = self.faults.popleft() if self.faults else self.otherwise(request)
            self.counts[fault] += 1
        return fault

    def carry_out(self, fault: Fault, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        """The real server's answer, the loser's in a race."""
        asked = method, path, headers, body
        if fault is Fault.RACE:
            with ThreadPoolExecutor(2) as racers:
                tries = [racers.submit(self._ask_upstream, *asked) for _ in range(2)]
            answers = [each.result() for each in tries]
        else:
            answers = [self._ask_upstream(*asked)]
        if any(answer.status == 200 for answer in answers):
            with self._lock:
                self.done[f"{method} {path}", fault] += 1
        return max(answers, key=lambda answer: answer.status)

    def _ask_upstream(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        connection = HTTPConnection(self._upstream, timeout=20)
        try:
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            return _Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    peer: FaultyHttp
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def pass_on(self) -> None:
        request = f"{self.command} {self.path}"
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self.peer.next_fault(request)
        answer = _Answer(_STATUS.get(fault, 200), [("Content-Type", "text/html")], _PAGE)
        if fault in _DONE_BY_SERVER:
            self.peer.before(request)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            answer = self.peer.carry_out(fault, self.command, self.path, headers, body)
        match fault:
            case Fault.SILENCE_BEFORE | Fault.SILENCE_AFTER:
                self.wait_for_the_clients_end()
                self.reset()
            case Fault.RESET_BEFORE | Fault.RESET_AFTER:
                self.reset()
            case Fault.HALF_ANSWER_AFTER:
                self.send(answer, body=answer.body[: len(answer.body) // 2])
                self.close_connection = True
            case Fault.SLOW:
                self.peer.closing.wait(self.peer.pause)
                self.send(answer, body=answer.body)
            case Fault.NONE | Fault.RACE:
                self.send(answer, body=answer.body)
            case _:
                page = b"" if fault is Fault.EMPTY_404 else _PAGE
                label = [("Content-Type", "text/html"), ("Location", "https://elsewhere.example.org/")]
                self.send(_Answer(_STATUS[fault], label, page), body=page)

    do_GET = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815 - the names that http.server calls

    def send(self, answer: _Answer, *, body: bytes) -> None:
        """The answer's head, with the length of its whole body, and *body*."""
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in _HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(body)

    def wait_for_the_clients_end(self) -> None:
        """Until it hangs up."""
        while not self.peer.closing.is_set():
            if select.select([self.connection], [], [], 0.1)[0]:
                return

    def reset(self) -> None:
        """RST at once, instead of the polite end of a connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing: the test tells what it saw."""
