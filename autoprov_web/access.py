"""Who may ask, how much, and who is told how to register. Nothing here depends on what is known of a MAC."""

from __future__ import annotations

from autoprov_web.discovery import CLOSED, OPEN, SCHEDULED, Discovery
from autoprov_web.networks import client_address, is_in, parse_address, parse_network
from autoprov_web.pilot import Pilot
from autoprov_web.rate_limit import RateLimits
from autoprov_web.rate_table import Admission, RateTable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autoprov_phones.mac import MacAddress
    from autoprov_web.rate_leases import RateLeases

RATES_FILE_NAME = "rates"
_LISTS = ("networks", "trusted_proxies", "schedule", "pilot_macs", "pilot_ouis", "pilot_networks")
_BETWEEN = "; "

OUTSIDE = "outside of the networks"
CLOSED_NOW = "discovery is closed"
NOT_IN_PILOT = "not in the pilot"


class Access:
    """The rules of one site, from texts in the form of the settings; its two files are in *directory*.

    *networks* and the like are canonical (``10.0.0.0/8``), *pilot_ouis* six lower-case digits. *has_pilot*: only phones
    of the pilot are discovered, none if its lists are empty.

    *rates* may give way to ``RateLeases`` of itself, in a process that stays.

    Raises:
        ValueError: a text is not what it should be.
    """

    __slots__ = ("_discovery", "_fields", "_networks", "_pilot", "_trusted", "rates")

    def __init__(
        self,
        *,
        directory: str,
        networks: tuple[str, ...],
        trusted_proxies: tuple[str, ...] = (),
        discovery: str = OPEN,
        schedule: tuple[str, ...] = (),
        has_pilot: bool = False,
        pilot_macs: tuple[str, ...] = (),
        pilot_ouis: tuple[str, ...] = (),
        pilot_networks: tuple[str, ...] = (),
        requests_per_minute: int,
        macs_per_hour: int,
    ) -> None:
        if discovery not in (OPEN, SCHEDULED, CLOSED) or min(requests_per_minute, macs_per_hour) < 1:
            raise ValueError("the rules of access are damaged")
        lists = (networks, trusted_proxies, schedule, pilot_macs, pilot_ouis, pilot_networks)
        self._fields = {name: _BETWEEN.join(texts) for name, texts in zip(_LISTS, lists, strict=True)}
        self._fields |= {
            "discovery": discovery,
            "has_pilot": "yes" if has_pilot else "no",
            "requests_per_minute": str(requests_per_minute),
            "macs_per_hour": str(macs_per_hour),
        }
        self._networks = tuple(parse_network(text) for text in networks)
        self._trusted = tuple(parse_network(text) for text in trusted_proxies)
        self._discovery = Discovery(discovery, schedule, directory=directory)
        self._pilot = Pilot(macs=pilot_macs, ouis=pilot_ouis, networks=pilot_networks) if has_pilot else None
        limits = RateLimits(requests_per_minute=requests_per_minute, macs_per_hour=macs_per_hour)
        self.rates: RateTable | RateLeases = RateTable(f"{directory}/{RATES_FILE_NAME}", limits)

    def to_fields(self) -> dict[str, str]:
        """The rules as lines of text; ``from_fields`` reads them back."""
        return dict(self._fields)

    @classmethod
    def from_fields(cls, fields: Mapping[str, str], *, directory: str) -> Access:
        """Read the rules.

        Raises:
            KeyError: a field is missing.
            ValueError: a field is damaged.
        """
        lists = {name: tuple(fields[name].split(_BETWEEN)) if fields[name] else () for name in _LISTS}
        return cls(
            directory=directory,
            discovery=fields["discovery"],
            has_pilot=fields["has_pilot"] == "yes",
            requests_per_minute=int(fields["requests_per_minute"]),
            macs_per_hour=int(fields["macs_per_hour"]),
            **lists,
        )

    def client_address(self, remote_addr: str, x_forwarded_for: str) -> str:
        """The address of who asks, behind the proxies that we trust."""
        return client_address(remote_addr, x_forwarded_for, self._trusted)

    def admit(self, address: str, mac: MacAddress | None, *, now: float) -> Admission | None:
        """Whether a request of *address* for a file of *mac* is within the limits, against which it counts.

        None for an address outside of our networks. With no MAC, it counts as a request alone.
        """
        client = parse_address(address)
        if client is None or not is_in(client, self._networks):
            return None
        return self.rates.admit(client, mac, now=now)

    def discovers(self, mac: MacAddress | None, address: str, *, now: float) -> bool:
        """Whether *address* is told how *mac* registers, without proof that it is that phone.

        With no MAC, whether it gets the bootstrap file.
        """
        return not self.closed_because(mac, address, now=now)

    def closed_because(self, mac: MacAddress | None, address: str, *, now: float) -> str:
        """Why it is not, for us to read; ``""`` where it is."""
        if self._pilot is not None and not self._pilot.includes(mac, parse_address(address)):
            return NOT_IN_PILOT
        return "" if self._discovery.is_open(now=now) else CLOSED_NOW
