"""Hosts and ports, as URIs and Vias name them."""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number

# host          = hostname / IPv4address / IPv6reference
# IPv6reference = "[" IPv6address "]"
HOST = r"\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9_.\-]++"
# hostname = *( domainlabel "." ) toplabel [ "." ];  domainlabel = alphanum / alphanum *( alphanum / "-" ) alphanum
_NAME = re.compile(r"[A-Za-z0-9_]++(?:(?:-++|\.)[A-Za-z0-9_]++)*\.?")
# The same in one step, with a port that is surely none too high.
USUAL_HOST_PORT = (
    r"((?:[0-9]{1,3}\.){3}[0-9]{1,3}|(?:[A-Za-z0-9_]++[.\-])*[A-Za-z][A-Za-z0-9_]*+)"
    r"(?::([1-9][0-9]{0,3}|[1-5][0-9]{4}))?"
)
_DOTTED_QUAD = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_MAX_NAME = 255
_MAX_PORT = 65_535


def one_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that *host* is, None for a name, and for one that is no single machine's.

    A name leads wherever its writer likes, and what is sent to ``""``, ``0.0.0.0`` or ``::`` comes to this machine.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return None if address.is_unspecified or address.is_multicast else address


def parse_host(text: str) -> str:
    """A host without the brackets of an IPv6 address, as ``HOST`` matched it.

    §25.1 with two liberties that private networks take: underscores, and a last label that begins with a digit.

    Raises:
        SipSyntaxError: the only exception.
    """
    if _DOTTED_QUAD.fullmatch(text) is not None:
        return text
    if text[:1] == "[":
        return _parse_ipv6(text[1:-1])
    if len(text) > _MAX_NAME or _NAME.fullmatch(text) is None:
        raise SipSyntaxError("Malformed Host Name")
    if text.removesuffix(".").rpartition(".")[2].isdigit():
        raise SipSyntaxError("Malformed IPv4 Address")
    return text


def parse_port(digits: str | None) -> int | None:
    """A port, or None where none is given.

    Raises:
        SipSyntaxError: not between 1 and 65535.
    """
    if digits is None:
        return None
    port = parse_number(digits, ceiling=_MAX_PORT + 1)
    if not 0 < port <= _MAX_PORT:
        raise SipSyntaxError("Port Out Of Range")
    return port


def write_host(host: str) -> str:
    """The inverse of ``parse_host``."""
    return f"[{host}]" if ":" in host else host


def write_host_port(host: str, port: int | None) -> str:
    """``hostport`` of §25.1."""
    return write_host(host) if port is None else f"{write_host(host)}:{port}"


def _parse_ipv6(text: str) -> str:
    try:
        IPv6Address(text)
    except AddressValueError as error:
        raise SipSyntaxError("Malformed IPv6 Address") from error
    return text
