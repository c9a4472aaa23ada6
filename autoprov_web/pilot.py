"""The pilot: which phones are discovered, where not all shall be."""

from __future__ import annotations

from autoprov_phones.mac import MacAddress
from autoprov_web.networks import is_in, parse_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from autoprov_web.networks import Address


class Pilot:
    """Phones by MAC, by the first six digits of it (OUI), or by network: one match is enough.

    Raises:
        ValueError: a text is no MAC, or no network.
    """

    __slots__ = ("_macs", "_networks", "_ouis")

    def __init__(self, *, macs: Iterable[str], ouis: Iterable[str], networks: Iterable[str]) -> None:
        self._macs = frozenset(MacAddress.parse(text) for text in macs)
        self._ouis = frozenset(ouis)
        self._networks = tuple(parse_network(text) for text in networks)

    def includes(self, mac: MacAddress | None, address: Address | None) -> bool:
        """Whether this is a phone of the pilot; where no MAC is known, whether it could be one.

        The bootstrap file is asked for without a MAC: whoever could be a phone of the pilot has to get it.
        """
        if is_in(address, self._networks):
            return True
        if mac is None:
            return bool(self._macs or self._ouis)
        return mac in self._macs or mac.oui in self._ouis
