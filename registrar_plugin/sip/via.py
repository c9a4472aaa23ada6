"""Via, and where a response goes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import TOKEN, parse_params, write_params
from registrar_plugin.sip.host import HOST, parse_host, parse_port, write_host_port
from registrar_plugin.sip.remembered import remembered

# via-parm      = sent-protocol LWS sent-by *( SEMI via-params )
# sent-protocol = protocol-name SLASH protocol-version SLASH transport
# sent-by       = host [ COLON port ]
_VIA = re.compile(
    rf"[ \t]*+(?P<name>{TOKEN})[ \t]*+/[ \t]*+(?P<version>{TOKEN})[ \t]*+/[ \t]*+(?P<transport>{TOKEN})"
    rf"[ \t]++(?P<host>{HOST})(?:[ \t]*+:[ \t]*+(?P<port>[0-9]++))?"
)
DEFAULT_PORT = 5060
BRANCH_COOKIE = "z9hG4bK"

Address = tuple[str, int]
"""Host and port of a datagram's peer, as sockets give them."""


@dataclass(frozen=True, slots=True)
class Via:
    """One Via value (§20.42); *host* is without brackets."""

    transport: str
    host: str
    port: int | None = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    protocol: str = "SIP/2.0"

    def __str__(self) -> str:
        sent_by = write_host_port(self.host, self.port)
        return f"{self.protocol}/{self.transport} {sent_by}{write_params(self.params)}"

    @property
    def branch(self) -> str:
        """The transaction's name, ``""`` for RFC 2543's clients that give none."""
        return self.params.get("branch", "")


@remembered(texts=16)  # the response repeats it
def parse_via(text: str) -> Via:
    """Read one Via value; blanks may stand wherever the ABNF has SLASH, COLON, SEMI or EQUAL.

    Raises:
        SipSyntaxError: the only exception, whatever *text* holds.
    """
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
    params = {name: value for name, value in via.params.items() if name not in ("received", "rport")}
    if "rport" in via.params:
        params |= {"received": source[0], "rport": str(source[1])}
    elif not _is_same_host(via.host, source[0]):
        params["received"] = source[0]
    return replace(via, params=params)


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
