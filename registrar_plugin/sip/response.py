"""Responses: written for requests we got, read for requests we sent."""

import re
from dataclasses import dataclass

from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number, readable
from registrar_plugin.sip.message import Headers, read_message
from registrar_plugin.sip.name_addr import parse_name_addr
from registrar_plugin.sip.via import Address, Via, mark_received, parse_via, parse_vias

REASON_PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    423: "Interval Too Brief",
    481: "Call/Transaction Does Not Exist",
    503: "Service Unavailable",
    505: "Version Not Supported",
    513: "Message Too Large",
}
# Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
_STATUS_LINE = re.compile(r"SIP/2\.0 (?P<status>[1-6][0-9]{2}) (?P<reason>[^\r\n]*+)", re.IGNORECASE)
_TAG = re.compile(r";[ \t]*+tag[ \t]*+=", re.IGNORECASE)
_END = "Server: autoprov\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Response:
    """A response to one of our own requests; *via* is its topmost."""

    status: int
    reason: str
    via: Via
    cseq_method: str
    headers: Headers


def write_response(request: Headers, answer: Answer, *, source: Address, to_tag: str) -> bytes:
    """The response to the request with these header fields (§8.2.6), ready to send.

    Via, From, To, Call-ID and CSeq are repeated octet for octet, even those of a request that could not be parsed;
    the topmost Via tells where the request came from, and To gets *to_tag* unless it has a tag.
    """
    fields = request.fields
    lines = [f"SIP/2.0 {answer.status} {answer.reason or REASON_PHRASES[answer.status]}"]
    lines += [f"Via: {value}" for value in _vias(request, source)]
    if "from" in fields:
        lines.append(f"From: {fields['from'][0]}")
    if "to" in fields:
        lines.append(f"To: {_tagged(fields['to'][0], to_tag)}")
    if "call-id" in fields:
        lines.append(f"Call-ID: {fields['call-id'][0]}")
    if "cseq" in fields:
        lines.append(f"CSeq: {fields['cseq'][0]}")
    lines += [f"{name}: {value}" for name, value in answer.fields]
    lines.append(_END)
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def parse_response(data: bytes) -> Response:
    """Read one datagram as a response.

    Raises:
        SipSyntaxError: the only exception, whatever *data* holds.
    """
    message = read_message(data)
    match = _STATUS_LINE.fullmatch(message.start_line)
    if message.fault is not None:
        raise message.fault
    if match is None:
        raise SipSyntaxError("Malformed Status-Line")
    vias = message.headers.elements("via")
    if not vias:
        raise SipSyntaxError("Via Missing")
    _, _, method = message.headers.required("cseq").replace("\t", " ").partition(" ")
    status = parse_number(match["status"], ceiling=699)
    return Response(status, readable(match["reason"]), parse_via(vias[0]), method.lstrip(" "), message.headers)


def _vias(request: Headers, source: Address) -> list[str]:
    """All values in their order; a Via that cannot be read is repeated as it came."""
    try:
        values = request.elements("via")
        if values:
            (via,) = parse_vias(values[0])
            marked = mark_received(via, source)
            values[0] = values[0] if marked is via else str(marked)
        return values
    except SipSyntaxError:
        return list(request.all("via"))


def _tagged(to: str, tag: str) -> str:
    return to if _has_tag(to) else f"{to};tag={tag}"


def _has_tag(to: str) -> bool:
    """Quotes and URIs may hold what looks like one; where To cannot be read, looks decide."""
    try:
        return "tag" in parse_name_addr(to).params
    except SipSyntaxError:
        return _TAG.search(to) is not None
