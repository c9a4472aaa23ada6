"""The ``[sipxecs]`` table: phones that register at a sipXecs or sipXcom until they have a line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from autoprov.settings.reader import Listen, TableReader
from autoprov.settings.registrar import RegistrarSettings
from autoprov.settings.sipxecs_files import (
    DOMAIN_CONFIG,
    PROVISION_CONFIG,
    ProvisionUser,
    SipDomain,
    SipxecsFileError,
    read_domain,
    read_provision_user,
)

_SHORTEST_EXPIRES = timedelta(seconds=300)
PER_PHONE, SHARED = "per-phone", "shared"
WITH_MAC, PLAIN = "user/mac", "user"
_Read = TypeVar("_Read")
_NO_USER = ProvisionUser("unknown", "unknown")
_NO_DOMAIN = SipDomain("unknown", frozenset(), "unknown")


@dataclass(frozen=True, slots=True)
class RegEventSettings:
    """Where the registrar tells of registrations to who subscribes, and where we hear it."""

    server: Listen
    listen: Listen


@dataclass(frozen=True, slots=True)
class SipxecsSettings:
    """*one_address_each*: each phone has an address of record of its own, which begins with the provision user's.

    *mac_in_digest_user*: phones authenticate as ``user/mac``, of which sipXecs remembers the MAC with the registration.
    """

    provision_config: Path
    provision_user: ProvisionUser
    domain: SipDomain
    one_address_each: bool
    mac_in_digest_user: bool
    reg_event: RegEventSettings | None


def read_sipxecs(table: TableReader, base: Path) -> SipxecsSettings | None:
    """The table's settings with what the PBX's files say; None where the table is empty.

    A file that cannot be used is a problem, and says nothing.
    """
    provision_config = base / table.text("provision_config", str(PROVISION_CONFIG), meaning="a path")
    domain_config = base / table.text("domain_config", str(DOMAIN_CONFIG), meaning="a path")
    address = table.choice("address_of_record", PER_PHONE, among=(PER_PHONE, SHARED))
    digest_user = table.choice("digest_user", WITH_MAC, among=(WITH_MAC, PLAIN))
    reg_event = _reg_event(table)
    if not table.values:
        return None
    return SipxecsSettings(
        provision_config,
        _read(table, "provision_config", lambda: read_provision_user(provision_config)) or _NO_USER,
        _read(table, "domain_config", lambda: read_domain(domain_config)) or _NO_DOMAIN,
        one_address_each=address == PER_PHONE,
        mac_in_digest_user=digest_user == WITH_MAC,
        reg_event=reg_event,
    )


def sipxecs_contradictions(settings: SipxecsSettings, registrar: RegistrarSettings) -> list[str]:
    """What is right key by key and wrong together."""
    problems: list[str] = []
    domain = settings.domain
    if registrar.is_ours:
        problems.append('[sipxecs]: is for phones that register at the sipXecs; with it, set [registrar] by = "pbx"')
    elif domain is not _NO_DOMAIN and not domain.has(registrar.address):
        known = ", ".join(sorted(domain.aliases | {domain.name}))
        problems.append(f"[registrar] address: {registrar.address!r} is no name of this sipXecs; it has {known}")
    if registrar.expires < _SHORTEST_EXPIRES:
        problems.append("[registrar] expires: at least 300s at a sipXecs, which refuses less")
    if settings.reg_event is not None and (settings.one_address_each or not settings.mac_in_digest_user):
        problems.append(
            f'[sipxecs] reg_event: needs address_of_record = "{SHARED}", to which it subscribes, and digest_user ='
            f' "{WITH_MAC}", which is all that it is told of a phone'
        )
    return problems


def _reg_event(table: TableReader) -> RegEventSettings | None:
    server = table.listen("reg_event", "127.0.0.1:5075")
    listen = table.listen("reg_event_listen", "0.0.0.0:5069")
    return RegEventSettings(server, listen) if "reg_event" in table.values else None


def _read(table: TableReader, key: str, read: Callable[[], _Read]) -> _Read | None:
    try:
        return read()
    except SipxecsFileError as error:
        table.problems.append(f"[sipxecs] {key}: {error}")
        return None
