"""The frame of a message: start line, header fields, body. Nothing is interpreted here."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import BLANKS, is_token, split_list
from registrar_plugin.sip.remembered import remembered

MAX_BYTES = 65_535
MAX_FIELDS = 256
_EMPTY_LINE = re.compile(rb"\n\r?\n")
# §7.3.1: a line that begins with a blank continues the one before; break and blanks count as one blank.
_FOLD = re.compile(r"\n[ \t]++")
# §7.3.3 and the registrations of later RFCs at IANA
_COMPACT_FORMS = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
# What phones send, as they write it: found without a look at its characters.
_USUAL_NAMES = {
    name: name.lower()
    for name in (
        *("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Expires", "Max-Forwards", "Content-Length", "User-Agent"),
        *("Authorization", "Allow", "Allow-Events", "Supported", "Accept-Language", "Event", "Date", "Server"),
    )
}


class Headers(NamedTuple):
    """Header fields by full name in lower case, each with its values in the order of the message."""

    fields: Mapping[str, tuple[str, ...]]

    def all(self, name: str) -> tuple[str, ...]:
        """Every field of this name, unsplit."""
        return self.fields.get(name, ())

    def first(self, name: str) -> str:
        """The first field of this name, ``""`` where there is none."""
        values = self.all(name)
        return values[0] if values else ""

    def only(self, name: str) -> str | None:
        """The one field of this name, None where there is none.

        Raises:
            SipSyntaxError: there are several, and which is meant cannot be known.
        """
        values = self.fields.get(name, ())
        if len(values) == 1:
            return values[0]
        if values:
            raise SipSyntaxError(f"{_as_written(name)} Given Twice")
        return None

    def required(self, name: str) -> str:
        """The one field of this name.

        Raises:
            SipSyntaxError: there is none, or there are several.
        """
        values = self.fields.get(name, ())
        if len(values) == 1:
            return values[0]
        raise SipSyntaxError(f"{_as_written(name)} {'Given Twice' if values else 'Missing'}")

    def elements(self, name: str) -> list[str]:
        """The values of a header that is a comma-separated list, from all its fields (§7.3.1).

        Raises:
            SipSyntaxError: a quote or a bracket is not closed, or an element is empty.
        """
        values = self.all(name)
        try:
            return [element for value in values for element in split_list(value)]
        except SipSyntaxError as error:
            raise SipSyntaxError(f"{_as_written(name)}: {error.reason}") from error


class Message(NamedTuple):
    """A message as far as it could be read; *fault* says what could not.

    Even of a faulty message the Via and the other fields that a response repeats are there, if they are at all.
    """

    start_line: str
    headers: Headers
    body: bytes
    fault: SipSyntaxError | None = None

    @property
    def is_response(self) -> bool:
        """Whether it claims to be a response; those are never answered."""
        return self.start_line[:4].upper() == "SIP/"


def read_message(data: bytes) -> Message:
    """Take a datagram apart; lines end with CRLF, or LF alone from some phones."""
    data = data.lstrip(b"\r\n")  # §7.5: empty lines before the start line are ignored
    end = _EMPTY_LINE.search(data, 0, MAX_BYTES)
    fault = SipSyntaxError("Headers Not Ended By An Empty Line") if end is None else None
    if len(data) > MAX_BYTES:
        fault = SipSyntaxError("Message Too Large", status=513)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data[:MAX_BYTES], b"")
    text = head.decode("utf-8", "surrogateescape").replace("\r\n", "\n").removesuffix("\r")
    start_line, _, lines = text.partition("\n")
    headers, header_fault = _read_headers(lines)
    return Message(start_line, headers, body, fault or header_fault)


def _read_headers(text: str) -> tuple[Headers, SipSyntaxError | None]:
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    lines = text.split("\n", MAX_FIELDS) if text else []
    fields: dict[str, tuple[str, ...]] = {}
    fault = None
    if len(lines) > MAX_FIELDS:
        fault = SipSyntaxError("Too Many Header Fields", status=513)
        del lines[MAX_FIELDS:]
    has_lone_cr = "\r" in text
    for line in lines:
        written, colon, value = line.partition(":")
        name = _USUAL_NAMES.get(written) or _full_name(written)
        if name is None or not colon or (has_lone_cr and "\r" in value):
            fault = fault or SipSyntaxError("Malformed Header Field")
        elif name in fields:
            fields[name] += (value.strip(BLANKS),)
        else:
            fields[name] = (value.strip(BLANKS),)
    return Headers(fields), fault


@remembered(texts=64)
def _full_name(written: str) -> str | None:
    """A header's name as ``Headers`` knows it, None where it is not a token."""
    name = written.rstrip(BLANKS).lower()
    return _COMPACT_FORMS.get(name, name) if is_token(name) else None


def _as_written(name: str) -> str:
    """A header's name as people know it."""
    return {"call-id": "Call-ID", "cseq": "CSeq"}.get(name, name.title())
