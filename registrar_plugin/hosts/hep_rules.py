"""Who is heard by HEPv3, where, and how."""

from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network

from registrar_plugin.sip.via import Address


class HepMode(Enum):
    """What a sender mirrors; the value is the word in settings."""

    FILTERED = "filtered"
    """Accepted REGISTERs and nothing else: the sender has looked at them."""
    EVERYTHING = "everything"
    """All its SIP, both ways."""


@dataclass(frozen=True, slots=True)
class HepSettings:
    """Who is heard, where, and how. Loopback is, besides *senders*; port 0 takes a free one.

    *key* is what each packet has to carry, None: nothing.
    """

    listen: Address
    mode: HepMode
    senders: tuple[IPv4Network | IPv6Network, ...] = ()
    key: bytes | None = field(default=None, repr=False)
