"""The ``[access]`` table: who may ask for phones' files, how much, and who is told how to register."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autoprov.settings.reader import TableReader
from autoprov_phones.mac import MacAddress
from autoprov_web.access import Access
from autoprov_web.discovery import CLOSED, OPEN, SCHEDULED, Hours

PRIVATE = "private"
PRIVATE_NETWORKS = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
"""What ``private`` stands for: RFC 1918, RFC 4193, link-local and loopback."""

_OUI = re.compile(r"[0-9a-f]{6}")
_SEPARATORS = str.maketrans("", "", ":-. ")
_PILOT = ("pilot_macs", "pilot_ouis", "pilot_networks")


@dataclass(frozen=True, slots=True)
class PilotSettings:
    """The phones that are discovered, where not all are; OUIs are six lower-case digits."""

    macs: tuple[str, ...]
    ouis: tuple[str, ...]
    networks: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no phone can be in it."""
        return not (self.macs or self.ouis or self.networks)


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Networks are in canonical form, none holds another's host bits; *pilot* is None where every phone is discovered.

    *certificates* is ``off``, ``valid`` or ``expired-too``; *certificate_ca* is a path, empty where there is none.
    """

    networks: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    discovery: str
    schedule: tuple[str, ...]
    pilot: PilotSettings | None
    requests_per_minute: int
    macs_per_hour: int
    certificates: str
    certificate_ca: str

    def rules(self, directory: Path) -> Access:
        """The rules as the phone-facing path applies them, with its files in *directory*."""
        pilot = self.pilot or PilotSettings((), (), ())
        return Access(
            directory=str(directory),
            networks=self.networks,
            trusted_proxies=self.trusted_proxies,
            discovery=self.discovery,
            schedule=self.schedule,
            has_pilot=self.pilot is not None,
            pilot_macs=pilot.macs,
            pilot_ouis=pilot.ouis,
            pilot_networks=pilot.networks,
            requests_per_minute=self.requests_per_minute,
            macs_per_hour=self.macs_per_hour,
        )


def read_access(table: TableReader, base: Path) -> AccessSettings:
    """The table's settings; relative paths start at *base*."""
    certificate_ca = table.text("certificate_ca", "", meaning="a path")
    return AccessSettings(
        networks=_networks(table),
        trusted_proxies=_each(table, "trusted_proxies", _network),
        discovery=table.choice("discovery", OPEN, among=(OPEN, SCHEDULED, CLOSED)),
        schedule=_each(table, "schedule", _hours),
        pilot=_pilot(table),
        requests_per_minute=table.integer("requests_per_minute", 600, low=1, high=1_000_000),
        macs_per_hour=table.integer("macs_per_hour", 50, low=1, high=10_000),
        certificates=table.choice("certificates", "off", among=("off", "valid", "expired-too")),
        certificate_ca=str(base / certificate_ca) if certificate_ca else "",
    )


def access_contradictions(settings: AccessSettings) -> list[str]:
    """What is right key by key and wrong together."""
    problems: list[str] = []
    if not settings.networks:
        problems.append(f'[access] networks: nobody could ask; delete the key, it is ["{PRIVATE}"] then')
    if settings.discovery == SCHEDULED and not settings.schedule:
        problems.append('[access] discovery: scheduled needs a schedule, e.g. schedule = ["Mon-Fri 08:00-18:00"]')
    if settings.certificates != "off" and not settings.certificate_ca:
        problems.append("[access] certificates: needs certificate_ca, the file with the phone makers' certificates")
    return problems


def _networks(table: TableReader) -> tuple[str, ...]:
    """By default the private networks; their name stands for all of them."""
    texts = _each(table, "networks", lambda text: text if text == PRIVATE else _network(text))
    if not texts and table.values.get("networks") != []:
        return PRIVATE_NETWORKS
    named = (PRIVATE_NETWORKS if text == PRIVATE else (text,) for text in texts)
    return tuple(dict.fromkeys(network for networks in named for network in networks))


def _pilot(table: TableReader) -> PilotSettings | None:
    """A key that is there is a pilot, also with nothing in its list: deleting the last phone must not let in all."""
    macs, ouis = _each(table, "pilot_macs", _mac), _each(table, "pilot_ouis", _oui)
    networks = _each(table, "pilot_networks", _network)
    return PilotSettings(macs, ouis, networks) if any(key in table.values for key in _PILOT) else None


def _each(table: TableReader, key: str, read: Callable[[str], str]) -> tuple[str, ...]:
    """The list's texts as *read* gives them; what it cannot read is a problem with its reason."""
    found: list[str] = []
    for text in table.texts(key):
        try:
            found.append(read(text))
        except ValueError as error:
            table.problems.append(f"[{table.name}] {key}: {error}")
    return tuple(found)


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network("" if "%" in text else text, strict=False)  # no zones: they are of one machine
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network such as 10.1.0.0/16 or fd00::/8") from error
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise ValueError(f"{text!r} is an IPv4 network in IPv6's form; write it as 10.1.0.0/16")
    address = text.partition("/")[0]
    if ipaddress.ip_address(address) != network.network_address:
        raise ValueError(f"{text!r} is an address in {network}: write {network}, or {address} for it alone")
    return str(network)


def _hours(text: str) -> str:
    Hours.parse(text)
    return text


def _mac(text: str) -> str:
    return str(MacAddress.parse(text))


def _oui(text: str) -> str:
    digits = text.translate(_SEPARATORS).lower()
    if _OUI.fullmatch(digits) is None:
        raise ValueError(f"{text!r} is not the first six digits of a MAC, such as 0004f2")
    return digits
