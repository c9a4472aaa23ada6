"""Who is heard by HEPv3, where, and how."""

from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_address

from registrar_plugin.sip.via import Address


class HepMode(Enum):
    """What a sender mirrors; the value is the word in settings."""

    FILTERED = "filtered"
    """Accepted REGISTERs and nothing else: the sender has looked at them."""
    EVERYTHING = "everything"
    """All its SIP, both ways."""


@dataclass(frozen=True, slots=True)
class HepSettings:
    """Who is heard, where, and how. This machine is, besides *senders*; port 0 takes a free one.

    *key* is what each packet has to carry, None: nothing.
    """

    listen: Address
    mode: HepMode
    senders: tuple[IPv4Network | IPv6Network, ...] = ()
    key: bytes | None = field(default=None, repr=False)

    def hears(self, sender: str) -> bool:
        """Whether *sender*, an IP address, is heard.

        Nobody but this machine reaches a loopback address; but it may send from another of its own, as a Kamailio does
        that listens at the address where phones reach it.
        """
        if is_loopback(self.listen[0]) or is_loopback(sender):
            return True
        address = ip_address(sender)
        return any(address in network for network in self.senders)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches *host*."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
