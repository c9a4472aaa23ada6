"""The phone's HTTP, one connection a file, and its TFTP; from the phone's own address."""

import http.client
import socket
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from simulated_phone import tftp
from simulated_phone.delta_seconds import read_delta_seconds
from simulated_phone.identity import Identity, Program

_MAX_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got: HTTP's *status*, or 200 and 404 for TFTP's two plain answers.

    None where nothing came: refused, timed out, cut off, neither an http nor a tftp URL.
    """

    status: int | None
    body: bytes = b""
    retry_after: timedelta | None = None

    @property
    def is_ok(self) -> bool:
        """Whether *body* is the file that was asked for."""
        return self.status == 200


class FileTransport:
    """Fetches and writes files as this phone."""

    def __init__(self, identity: Identity, *, listen: str, timeout: timedelta) -> None:
        self._identity = identity
        self._listen = listen
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._is_cut = False

    def request(self, method: str, url: str, program: Program, *, body: bytes | None = None) -> Answer:
        """GET or PUT *url*. An outage is an answer, too: a phone does not give up because of one."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return Answer(None)
        if host is None or self._is_cut:
            return Answer(None)
        if parts.scheme == "tftp" and method == "GET":
            return self._read_by_tftp((host, port or tftp.PORT), parts.path)
        if parts.scheme != "http":
            return Answer(None)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection = http.client.HTTPConnection(
            host, port, timeout=self._timeout.total_seconds(), source_address=(self._listen, 0)
        )
        try:
            connection.connect()
            self._socket = connection.sock
            if self._is_cut:  # after the socket was shown: cut() has seen it, or we see cut()
                return Answer(None)
            headers = {"User-Agent": self._identity.http_user_agent(program), "Accept": "*/*"}
            connection.request(method, target, body=body, headers=headers)
            return _read(connection.getresponse())
        except (OSError, http.client.HTTPException):
            return Answer(None)
        finally:
            self._socket = None
            connection.close()

    def _read_by_tftp(self, server: tuple[str, int], path: str) -> Answer:
        try:
            body = tftp.read_file(server, path, listen=self._listen, timeout=self._timeout, is_cut=lambda: self._is_cut)
        except OSError:
            return Answer(None)
        return Answer(404) if body is None else Answer(200, body)

    def cut(self) -> None:
        """Break off what is under way and answer nothing more; callable from another thread."""
        self._is_cut = True
        if (open_socket := self._socket) is not None:
            try:
                open_socket.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed meanwhile: then there is nothing to break off
                return


def _read(response: http.client.HTTPResponse) -> Answer:
    retry_after = read_delta_seconds(response.headers.get("Retry-After", ""))
    return Answer(response.status, response.read(_MAX_FILE_BYTES), retry_after)
