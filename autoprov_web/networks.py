"""IP addresses and networks as numbers, and who stands behind our proxies.

``ipaddress`` does the same, for what a CGI cannot afford at each of its starts; the tests hold both side by side.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

Address = tuple[int, int]
"""IP version and the address as a number. An IPv4 address that is written as IPv6 (RFC 4291 §2.5.5.2) is IPv4."""

Network = tuple[int, int, int]
"""IP version, lowest address, and the length of the prefix."""

UNKNOWN_CLIENT = "unknown"
"""No address: belongs to no network."""

_BITS = {4: 32, 6: 128}
_OCTETS = {str(value): value for value in range(256)}
"""As they are written: a leading zero is octal to some and decimal to others."""
_DIGITS = frozenset("0123456789")
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_ZONE_SYMBOLS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-")
_MAX_LENGTH = 80
_MAPPED = 0xFFFF


class NetworkSyntaxError(ValueError):
    """The text is not a network."""


def parse_address(text: str) -> Address | None:
    """The address; None for anything else. The zone of an IPv6 address (``%eth0``) is left out."""
    if len(text) > _MAX_LENGTH:
        return None
    if ":" not in text:
        number = _ipv4(text)
        return None if number is None else (4, number)
    text, percent, zone = text.partition("%")
    if percent and not (zone and _ZONE_SYMBOLS.issuperset(zone)):
        return None
    number = _ipv6(text)
    if number is None:
        return None
    return (4, number & 0xFFFFFFFF) if number >> 32 == _MAPPED else (6, number)


def parse_network(text: str) -> Network:
    """Read ``10.0.0.0/8`` or ``fd00::/8``.

    Raises:
        NetworkSyntaxError: the only exception; also for an address with bits beyond the prefix.
    """
    head, _, tail = text.partition("/")
    address = parse_address(head)
    if address is None or "%" in head or not 0 < len(tail) <= 3 or not _DIGITS.issuperset(tail):
        raise NetworkSyntaxError(f"not a network: {text[:80]!r}")
    (version, number), prefix = address, int(tail)
    if version == 4 and ":" in head:
        prefix -= 96
    free = _BITS[version] - prefix
    if not 0 <= free <= _BITS[version] or number & ((1 << free) - 1):
        raise NetworkSyntaxError(f"not a network: {text[:80]!r}")
    return version, number, prefix


def is_in(address: Address | None, networks: Iterable[Network]) -> bool:
    """Whether one of *networks* holds it; what was no address belongs to none."""
    if address is None:
        return False
    version, number = address
    return any(
        version == other and (number ^ lowest) >> (_BITS[version] - prefix) == 0 for other, lowest, prefix in networks
    )


def asker_of(address: Address) -> Address:
    """Whom limits take for one: an IPv4 address, or an IPv6 /64, of which one machine has all addresses."""
    version, number = address
    return address if version == 4 else (version, number >> 64)


def client_address(remote_addr: str, x_forwarded_for: str, trusted: Iterable[Network]) -> str:
    """The address of who asks: the peer, or whoever our proxies say stands behind them.

    Each proxy appends the peer that it saw, so the header is read from its end, and only as far as *trusted* proxies
    vouch for it; what a client wrote into it itself is never reached. Where a trusted proxy names somebody in a form
    that is no address, we know nobody: ``UNKNOWN_CLIENT``.
    """
    client = remote_addr
    named = x_forwarded_for.split(",") if x_forwarded_for else []
    while named and is_in(parse_address(client), trusted):
        client = _without_port(named.pop().strip(" \t"))
        if parse_address(client) is None:
            return UNKNOWN_CLIENT
    return client


def _without_port(text: str) -> str:
    """Some proxies write ``192.0.2.7:4711`` and ``[2001:db8::7]:4711``."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _ipv4(text: str) -> int | None:
    octets = [_OCTETS.get(field, -1) for field in text.split(".")]
    if len(octets) != 4 or -1 in octets:
        return None
    first, second, third, fourth = octets
    return first << 24 | second << 16 | third << 8 | fourth


def _ipv6(text: str) -> int | None:
    head, gap, tail = text.partition("::")
    left = _groups(head, may_end_in_ipv4=not gap)
    right = _groups(tail, may_end_in_ipv4=True)
    if left is None or right is None:
        return None
    missing = 8 - len(left) - len(right)
    if (missing < 1) if gap else (missing != 0):
        return None
    number = 0
    for value in (*left, *[0] * missing, *right):
        number = number << 16 | value
    return number


def _groups(text: str, *, may_end_in_ipv4: bool) -> list[int] | None:
    if not text:
        return []
    values: list[int] = []
    fields = text.split(":")
    if may_end_in_ipv4 and "." in fields[-1]:
        embedded = _ipv4(fields.pop())
        if embedded is None:
            return None
        values = [embedded >> 16, embedded & 0xFFFF]
    for field in reversed(fields):
        if not 0 < len(field) <= 4 or not _HEX_DIGITS.issuperset(field):
            return None
        values.insert(0, int(field, 16))
    return values
