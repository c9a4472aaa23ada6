"""Via, and where a response goes."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import NamedTuple

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import (
    TOKEN,
    USUAL_LENGTH,
    USUAL_PARAMS,
    parse_params,
    read_usual_params,
    split_list,
    write_params,
)
from registrar_plugin.sip.host import HOST, USUAL_HOST_PORT, parse_host, parse_port, write_host_port
from registrar_plugin.sip.remembered import remembered

# via-parm      = sent-protocol LWS sent-by *( SEMI via-params )
# sent-protocol = protocol-name SLASH protocol-version SLASH transport
# sent-by       = host [ COLON port ]
_VIA = re.compile(
    rf"[ \t]*+(?P<name>{TOKEN})[ \t]*+/[ \t]*+(?P<version>{TOKEN})[ \t]*+/[ \t]*+(?P<transport>{TOKEN})"
    rf"[ \t]++(?P<host>{HOST})(?:[ \t]*+:[ \t]*+(?P<port>[0-9]++))?"
)
# The same in one step, where no blank stands that could be left out.
_USUAL_VIA = re.compile(rf"SIP/2\.0/([A-Z]++) {USUAL_HOST_PORT}{USUAL_PARAMS}")
DEFAULT_PORT = 5060
BRANCH_COOKIE = "z9hG4bK"

Address = tuple[str, int]
"""Host and port of a datagram's peer, as sockets give them."""


class Via(NamedTuple):
    """One Via value (§20.42); *host* is without brackets."""

    transport: str
    host: str
    port: int | None = None
    params: Mapping[str, str] = MappingProxyType({})
    protocol: str = "SIP/2.0"

    def __str__(self) -> str:
        sent_by = write_host_port(self.host, self.port)
        return f"{self.protocol}/{self.transport} {sent_by}{write_params(self.params)}"

    @property
    def branch(self) -> str:
        """The transaction's name, ``""`` for RFC 2543's clients that give none."""
        return self.params.get("branch", "")


@remembered(texts=16)  # the response repeats it
def parse_vias(text: str) -> tuple[Via, ...]:
    """Read a Via field: via-parm *(COMMA via-parm).

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    try:
        return (parse_via(text),)  # all that a phone writes
    except SipSyntaxError:
        return tuple(parse_via(element) for element in split_list(text))


def parse_via(text: str) -> Via:
    """Read one Via value; blanks may stand wherever the ABNF has SLASH, COLON, SEMI or EQUAL.

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
    if len(text) <= USUAL_LENGTH:
        usual = _USUAL_VIA.fullmatch(text)
        if usual is not None:
            transport, host, port, behind = usual.groups("")
            return Via(transport, host, int(port) if port else None, read_usual_params(behind))
    match = _VIA.match(text)
    if match is None:
        raise SipSyntaxError("Malformed Via")
    name, version, transport, host, port = match.groups()
    params = parse_params(text, match.end())
    return Via(transport, parse_host(host), parse_port(port), params, f"{name}/{version}")


def mark_received(via: Via, source: Address) -> Via:
    """The top Via as a response carries it (§18.2.1, RFC 3581 §4).

    What a client wrote into ``received`` itself is replaced by what we saw.
    """
    is_same_host = _is_same_host(via.host, source[0])
    if is_same_host and "rport" not in via.params and "received" not in via.params:
        return via
    params = {name: value for name, value in via.params.items() if name not in ("received", "rport")}
    if "rport" in via.params:
        params |= {"received": source[0], "rport": str(source[1])}
    elif not is_same_host:
        params["received"] = source[0]
    return Via(via.transport, via.host, via.port, params, via.protocol)


def reply_address(via: Via, source: Address) -> Address:
    """Where the response to a request over UDP goes: always to the host it came from.

    With ``rport`` to its port (RFC 3581 §4). Without, to the port of sent-by (§18.2.2), as a Cisco 79xx wants, which
    sends from one port and listens on another. But when sent-by is an IP address other than the source, a NAT is
    in between, and only the port that the request came from leads back through it. ``maddr`` is not followed:
    it would let anybody aim our answers.
    """
    if "rport" in via.params or _is_behind_nat(via.host, source[0]):
        return source
    return source[0], via.port or DEFAULT_PORT


def _is_same_host(sent_by: str, source: str) -> bool:
    try:
        return sent_by == source or ip_address(sent_by) == ip_address(source)
    except ValueError:
        return False


def _is_behind_nat(sent_by: str, source: str) -> bool:
    try:
        return sent_by != source and ip_address(sent_by) != ip_address(source)
    except ValueError:
        return False
