"""Requests, read strictly."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple, TypeVar

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import is_token, parse_number, readable
from registrar_plugin.sip.message import MAX_BYTES, Headers, Message, read_message
from registrar_plugin.sip.name_addr import NameAddr, parse_contacts, parse_expires, parse_name_addr
from registrar_plugin.sip.remembered import remembered
from registrar_plugin.sip.uri import SipUri, Uri, parse_uri
from registrar_plugin.sip.via import Via, parse_vias

# SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT
_VERSION = re.compile(r"[Ss][Ii][Pp]/[0-9]++\.[0-9]++")
_OUR_VERSION = "SIP/2.0"
# CSeq = "CSeq" HCOLON 1*DIGIT LWS Method
_CSEQ = re.compile(r"(?P<number>[0-9]++)[ \t]++(?P<method>\S++)")
# Wider than callid = word [ "@" word ]: it is compared and repeated, nothing more.
_CALL_ID = re.compile(r"[\x21-\x7e]++")
_CSEQ_CEILING = 2**32
_MAX_FORWARDS_CEILING = 2**32
MAX_CSEQ = 2**31 - 1
"""§8.1.1.5: below 2**31. A larger one can be read, and is refused where requests are judged."""

_Value = TypeVar("_Value")


class Request(NamedTuple):
    """A request with all that a registrar looks at, parsed.

    *via* is the topmost. *is_wildcard* says that Contact was ``*``; then *contacts* is empty, as it is without Contact.
    *expires* is the header, None where there is none.
    """

    method: str
    uri: Uri
    via: Via
    from_: NameAddr
    to: NameAddr
    call_id: str
    cseq: int
    contacts: tuple[NameAddr, ...]
    is_wildcard: bool
    expires: timedelta | None
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"Request({self.method} {self.uri} of {self.from_.uri})"  # the headers hold credentials

    @property
    def user_agent(self) -> str:
        """As the phone wrote it: may hold control characters, ``""`` where there is none."""
        return readable(self.headers.first("user-agent"))


def parse_request(data: bytes) -> Request:
    """Read one datagram as a request.

    Raises:
        SipSyntaxError: the only exception, whatever *data* holds.
    """
    return interpret_request(read_message(data))


def interpret_request(message: Message) -> Request:
    """Read the frame's contents, so that a refused message can still be answered.

    Raises:
        SipSyntaxError: the only exception; its status is 505 for another version of SIP.
    """
    method, uri = _parse_request_line(message.start_line)
    if message.fault is not None:
        raise message.fault
    headers = message.headers
    contacts, is_wildcard = _parse_contacts(headers)
    expires, max_forwards = headers.only("expires"), headers.only("max-forwards")
    if max_forwards is not None:  # its value is a proxy's concern (§20.22)
        _parse("Max-Forwards", _parse_max_forwards, max_forwards)
    return Request(
        method,
        uri,
        _parse_vias(headers),
        _parse("From", parse_name_addr, headers.required("from")),
        _parse("To", parse_name_addr, headers.required("to")),
        _parse_call_id(headers.required("call-id")),
        _cseq_of(headers.required("cseq"), method),
        contacts,
        is_wildcard,
        None if expires is None else parse_expires(expires),
        headers,
        _cut_body(message.body, headers.only("content-length")),
    )


def _parse(header: str, parse: Callable[[str], _Value], text: str) -> _Value:
    """What *parse* makes of *text*; its complaint names the header."""
    try:
        return parse(text)
    except SipSyntaxError as error:
        raise SipSyntaxError(f"{header}: {error.reason}", status=error.status) from error


def _parse_request_line(line: str) -> tuple[str, Uri]:
    """Request-Line = Method SP Request-URI SP SIP-Version CRLF (§7.1); the URI is never in ``<>``, nor has headers."""
    parts = line.split(" ")
    if len(parts) != 3:
        raise SipSyntaxError("Malformed Request-Line")
    method, uri_text, version = parts
    if method != "REGISTER" and not is_token(method):
        raise SipSyntaxError("Malformed Request-Line")
    if version != _OUR_VERSION and version.upper() != _OUR_VERSION:
        if _VERSION.fullmatch(version) is None:
            raise SipSyntaxError("Malformed SIP-Version")
        raise SipSyntaxError("Version Not Supported", status=505)
    uri = _parse("Request-URI", parse_uri, uri_text)
    if isinstance(uri, SipUri) and uri.headers:
        raise SipSyntaxError("Headers In Request-URI")
    return method, uri


def _parse_vias(headers: Headers) -> Via:
    """The topmost; the others are read too, for what we repeat in a response must be sound."""
    topmost: Via | None = None
    for text in headers.all("via"):
        vias = _parse("Via", parse_vias, text)
        topmost = topmost or vias[0]
    if topmost is None:
        raise SipSyntaxError("Via Missing")
    return topmost


def _parse_contacts(headers: Headers) -> tuple[tuple[NameAddr, ...], bool]:
    """Contact = ("Contact" / "m" ) HCOLON ( STAR / (contact-param *(COMMA contact-param))) (§20.10)."""
    fields = headers.all("contact")
    if fields == ("*",):
        return (), True
    contacts: tuple[NameAddr, ...] = ()
    for text in fields:
        contacts += _parse("Contact", parse_contacts, text)
    return contacts, False


def _parse_call_id(text: str) -> str:
    if _CALL_ID.fullmatch(text) is None:
        raise SipSyntaxError("Malformed Call-ID")
    return text


def _cseq_of(text: str, method: str) -> int:
    number, cseq_method = _parse_cseq(text)
    if cseq_method != method:
        raise SipSyntaxError("CSeq Method Is Not The Request's")
    return number


@remembered(texts=64)  # phones begin to count at 1
def _parse_cseq(text: str) -> tuple[int, str]:
    match = _CSEQ.fullmatch(text)
    if match is None:
        raise SipSyntaxError("Malformed CSeq")
    number, method = match.groups()
    return parse_number(number, ceiling=_CSEQ_CEILING), method


@remembered(texts=64)
def _parse_max_forwards(text: str) -> int:
    """Max-Forwards = 1*DIGIT."""
    return parse_number(text, ceiling=_MAX_FORWARDS_CEILING)


def _cut_body(body: bytes, content_length: str | None) -> bytes:
    """§18.3: in a datagram, octets beyond Content-Length are ignored, and missing ones are an error."""
    if content_length is None:
        return body
    length = _parse("Content-Length", _parse_length, content_length)
    if length > len(body):
        raise SipSyntaxError("Content-Length Beyond The Datagram")
    return body[:length]


@remembered(texts=64)
def _parse_length(text: str) -> int:
    """Content-Length = 1*DIGIT."""
    return parse_number(text, ceiling=MAX_BYTES + 1)
