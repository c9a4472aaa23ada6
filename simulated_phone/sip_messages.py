"""SIP messages as a phone reads and writes them: forgiving in what it takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "o": "event", "l": "content-length"}
_FOLD = re.compile(r"\r?\n[ \t]+")
_LIST_ITEM = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",])+')
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: .*)?")
_REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) SIP/2\.0")
_MAX_DATAGRAM = 65_535

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request that reached the phone."""

    method: str
    uri: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Response:
    """A response that reached the phone."""

    status: int
    headers: Headers


def parse(datagram: bytes) -> Request | Response | None:
    """What arrived; None for what is not SIP (keep-alives, noise): a phone drops it."""
    text = datagram[:_MAX_DATAGRAM].decode("utf-8", "replace").lstrip("\r\n")
    start_line, *lines = _FOLD.sub(" ", text.replace("\r\n\r\n", "\n\n").partition("\n\n")[0]).splitlines() or [""]
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    if status_line := _STATUS_LINE.fullmatch(start_line.strip()):
        return Response(int(status_line[1]), headers)
    if request_line := _REQUEST_LINE.fullmatch(start_line.strip()):
        return Request(request_line[1], request_line[2], headers)
    return None


def values(headers: Headers, name: str) -> list[str]:
    """The values of a header, long or compact form, one entry for each line."""
    return [value for header, value in headers if _COMPACT.get(header.lower(), header.lower()) == name.lower()]


def first(headers: Headers, name: str) -> str:
    """The first value of a header, ``""`` where there is none."""
    return next(iter(values(headers, name)), "")


def list_values(headers: Headers, name: str) -> list[str]:
    """The values of a header that may hold several in one line, commas in quotes left alone."""
    return [item[0].strip() for line in values(headers, name) for item in _LIST_ITEM.finditer(line)]


def to_bytes(start_line: str, headers: Headers) -> bytes:
    """A message without a body."""
    lines = [start_line, *(f"{name}: {value}" for name, value in headers), "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()
