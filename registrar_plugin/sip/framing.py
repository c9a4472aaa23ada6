"""Where messages begin and end on a stream (§18.3), sans I/O: bytes in, whole messages out."""

import re
from dataclasses import dataclass

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number
from registrar_plugin.sip.message import Headers, read_message

MAX_HEAD_BYTES = 8192
"""Start line and header fields, with the empty line that ends them."""
MAX_BODY_BYTES = 8192
PONG = b"\r\n"
"""The answer to a keep-alive (RFC 5626 §4.4.1)."""

_LINE_ENDS = re.compile(rb"[\r\n]*+")
_HEAD_END = re.compile(rb"\n\r?\n")
_LONGEST_HEAD_END = 3
_TOO_LARGE = 513


class KeepAlive:
    """Two empty lines between messages (RFC 5626 §3.5.1): the peer asks whether we are there."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the next message begins cannot be known: *head* deserves *fault* as its answer, then the stream ends."""

    head: bytes
    fault: SipSyntaxError


Framed = bytes | KeepAlive | Broken
_KEEP_ALIVE = KeepAlive()


class StreamFraming:
    """Cuts one stream into messages; holds no more than one unfinished message and takes linear time.

    The Content-Length is read by the same rules as everywhere, so that nobody sees other messages than we do. On a
    stream it must be there (§20.14). What follows after ``Broken`` is dropped.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0
        """Where the unread part of the buffer begins."""
        self._searched = 0
        """Up to there no head ends."""
        self._message_length: int | None = None
        """Of the message whose head is there."""
        self._line_ends = 0
        self._is_broken = False

    @property
    def held_bytes(self) -> int:
        """How much of an unfinished message is there; zero between messages."""
        return len(self._buffer)

    def unfinished(self) -> Broken | None:
        """The message whose rest will not come any more, as far as it is there; None between messages."""
        if not self._buffer or self._is_broken:
            return None
        return Broken(bytes(self._buffer[:MAX_HEAD_BYTES]), SipSyntaxError("Message Not Complete"))

    def feed(self, data: bytes | memoryview) -> list[Framed]:
        """What *data*, the next bytes of the stream, completes."""
        if self._is_broken:
            return []
        self._buffer += data
        framed: list[Framed] = []
        while (message := self._next(framed)) is not None:
            framed.append(message)
            if isinstance(message, Broken):
                self._is_broken = True
                self._position = len(self._buffer)
                break
        del self._buffer[: self._position]
        self._searched -= self._position
        self._position = 0
        return framed

    def _next(self, framed: list[Framed]) -> bytes | Broken | None:
        if self._message_length is None:
            self._skip_line_ends(framed)
            head = self._head()
            if head is None or isinstance(head, Broken):
                return head
            try:
                self._message_length = len(head) + _body_length(head)
            except SipSyntaxError as error:
                return Broken(head, error)
        end = self._position + self._message_length
        if len(self._buffer) < end:
            return None
        message = bytes(self._buffer[self._position : end])
        self._position, self._message_length = end, None
        return message

    def _skip_line_ends(self, framed: list[Framed]) -> None:
        """Empty lines before a message are ignored (§7.5), but every two of them are a keep-alive besides."""
        run = _LINE_ENDS.match(self._buffer, self._position)
        end = self._position if run is None else run.end()
        self._line_ends += self._buffer.count(b"\n", self._position, end)
        framed += [_KEEP_ALIVE] * (self._line_ends // 2)
        self._line_ends %= 2
        self._position = end
        self._searched = max(self._searched, end)

    def _head(self) -> bytes | Broken | None:
        """The head at the position, None while its end is not there."""
        limit = self._position + MAX_HEAD_BYTES
        found = _HEAD_END.search(self._buffer, self._searched, limit)
        if found is not None:
            self._line_ends = 0
            return bytes(self._buffer[self._position : found.end()])
        self._searched = max(self._position, len(self._buffer) - _LONGEST_HEAD_END + 1)
        if len(self._buffer) < limit:
            return None
        return Broken(
            bytes(self._buffer[self._position : limit]), SipSyntaxError("Message Too Large", status=_TOO_LARGE)
        )


def _body_length(head: bytes) -> int:
    """Content-Length = ( "Content-Length" / "l" ) HCOLON 1*DIGIT.

    Raises:
        SipSyntaxError: none, several, no number, or too much.
    """
    message = read_message(head)
    if message.fault is not None and message.fault.status == _TOO_LARGE:
        raise message.fault  # not all header fields were read
    length = _content_length(message.headers)
    if length > MAX_BODY_BYTES:
        raise SipSyntaxError("Message Too Large", status=_TOO_LARGE)
    return length


def _content_length(headers: Headers) -> int:
    text = headers.required("content-length")
    try:
        return parse_number(text, ceiling=MAX_BODY_BYTES + 1)
    except SipSyntaxError as error:
        raise SipSyntaxError(f"Content-Length: {error.reason}") from error
