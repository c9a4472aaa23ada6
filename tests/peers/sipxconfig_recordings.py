"""Recorded request and answer pairs of a real sipXconfig, and their way to another server."""

import re
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

_CUT = re.compile(rb"\n<<< cut, (\d+) bytes in all >>>\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the labels that matter, and the body; *length* is the whole body's where the recording was cut."""

    status: int
    content_type: str
    challenge: str
    body: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Recording:
    """One pair. *name* is the file's, as in ``127-api-create-json``."""

    name: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer: Answer

    @property
    def number(self) -> int:
        """Its place in the run."""
        return int(self.name[:3])


def read_recordings(folder: Path) -> list[Recording]:
    """All pairs, in the order sent."""
    return [_read(path) for path in sorted(folder.glob("[0-9]*.txt"))]


def replay(recording: Recording, *, base_url: str, extra_headers: dict[str, str]) -> Answer:
    """What the server at *base_url* answers to the recorded bytes, header for header."""
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=20)
    try:
        connection.putrequest(recording.method, recording.target, skip_accept_encoding=True)
        headers = dict(recording.headers) | {"Connection": "close"} | extra_headers
        for name, value in headers.items():
            if name.lower() != "host":
                connection.putheader(name, value)
        connection.endheaders(recording.body)
        response = connection.getresponse()
        body = response.read()
        return Answer(
            status=response.status,
            content_type=response.getheader("Content-Type", ""),
            challenge=response.getheader("WWW-Authenticate", ""),
            body=body,
            length=len(body),
        )
    finally:
        connection.close()


def _read(path: Path) -> Recording:
    request, _, response = path.read_bytes().partition(b"===== RESPONSE (dechunked) =====\n")
    start_line, headers, body = _message(request.partition(b"===== REQUEST =====\n")[2])
    method, target, _ = start_line.split(" ", 2)
    status_line, answer_headers, answer_body = _message(response)
    cut = _CUT.search(answer_body)
    content = answer_body[: cut.start()] if cut else answer_body
    found = {name.lower(): value for name, value in answer_headers}
    answer = Answer(
        status=int(status_line.split(" ")[1]),
        content_type=found.get("content-type", ""),
        challenge=found.get("www-authenticate", ""),
        body=content,
        length=int(cut[1]) if cut else len(content),
    )
    return Recording(path.stem, method, target, headers, body, answer)


def _message(text: bytes) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    """Start line, headers and body; the file adds one line end after the body."""
    head, _, body = text.partition(b"\r\n\r\n")
    start_line, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return start_line, headers, body.removesuffix(b"\n")
