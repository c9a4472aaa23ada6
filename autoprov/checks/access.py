"""What ``autoprov check`` says of who may ask, and of who is told how to register."""

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from autoprov.checks.finding import Finding, Level
from autoprov.os_errors import os_error_words
from autoprov.settings.access import PRIVATE_NETWORKS
from autoprov.settings.settings import Settings
from autoprov.window import discovery_of, window_until, window_words
from autoprov_web.discovery import OPEN, SCHEDULED
from autoprov_worker.errors import SpoolUnavailable
from autoprov_worker.spool import SpoolWriter

_WIDE = 8
"""A public network with a shorter prefix is as good as everybody."""


def check_access(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Who may ask, when, and with which proof."""
    yield from _networks(settings)
    yield from _discovery(settings, now=now)
    yield from _pilot(settings)
    yield from _certificates(settings)


def _networks(settings: Settings) -> Iterator[Finding]:
    access = settings.access
    if wide := _wide(access.networks):
        mend = "name your phones' networks; whoever reaches [web] is told how to register"
        yield Finding(Level.WARNING, f"[access] networks is open to everybody: {wide}", mend)
    else:
        yield Finding(Level.OK, f"[access] networks: {', '.join(access.networks)}")
    if not wide and (told := _outside(urlsplit(settings.phones.url).hostname or "", access.networks)) is not None:
        mend = f'right if phones are in other networks than this machine; else: networks = ["private", "{told}"]'
        yield Finding(
            Level.WARNING, f"[access] networks: {told} of [phones] url is in none, phones there get 404", mend
        )
    if wide := _wide(access.trusted_proxies):
        mend = "name your proxies' addresses alone; whoever asks can say to be anybody"
        yield Finding(Level.WARNING, f"[access] trusted_proxies has everybody in it: {wide}", mend)


def _discovery(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    access = settings.access
    is_open, until = discovery_of(settings).is_open(now=now.timestamp()), window_until(settings, now=now)
    if access.schedule and access.discovery != SCHEDULED:
        mend = 'set discovery = "scheduled", or delete the schedule'
        yield Finding(Level.WARNING, f"[access] schedule: not used with discovery = {access.discovery!r}", mend)
    if access.discovery == OPEN and access.pilot is None and _has_own_files(settings):
        mend = (
            'when your phones are unpacked: discovery = "closed", and autoprov window open --for 2h when new ones come'
        )
        what = (
            "new phones are let in at all times: who asks with a phone's MAC before it has a line gets its files later"
        )
        yield Finding(Level.WARNING, what, mend)
    elif access.discovery == OPEN:
        yield Finding(Level.OK, "new phones are let in at all times")
    elif until is not None:
        yield Finding(Level.OK, f"new phones are let in until {window_words(until, now=now)}")
    elif access.discovery == SCHEDULED:
        told = "are let in now" if is_open else "are not let in now, they get 503"
        yield Finding(Level.OK, f"new phones {told}, by the schedule: {', '.join(access.schedule)}")
    else:
        mend = "right while no phones are to come; else: autoprov window open --for 2h"
        yield Finding(Level.WARNING, "new phones are not let in, they get 503: discovery is closed, no window", mend)


def _has_own_files(settings: Settings) -> bool:
    """Whether we serve a phone with a line its own files, for which its directory's name is enough."""
    if not (settings.lines.serve_own_files and settings.spool_directory.is_dir()):
        return False
    spool = SpoolWriter(settings.spool_directory)
    try:
        return any((entry := spool.read(mac)) is not None and entry.is_assigned for mac in spool.macs())
    except SpoolUnavailable:
        return False  # said elsewhere


def _pilot(settings: Settings) -> Iterator[Finding]:
    pilot = settings.access.pilot
    if pilot is None:
        return
    if pilot.is_empty:
        mend = "name phones in pilot_macs, pilot_ouis or pilot_networks, or delete all three keys to let all in"
        yield Finding(Level.WARNING, "[access] the pilot is empty: no new phone is let in, they get 503", mend)
        return
    chosen = f"{len(pilot.macs)} MACs, {len(pilot.ouis)} OUIs, {len(pilot.networks)} networks"
    yield Finding(Level.OK, f"[access] only phones of the pilot are let in: {chosen}")


def _certificates(settings: Settings) -> Iterator[Finding]:
    access = settings.access
    if access.certificates == "off":
        return
    try:
        with Path(access.certificate_ca).open("rb") as file:
            file.read(1)
    except OSError as error:
        mend = "without it no certificate proves anything; the web server's user has to read it as well"
        yield Finding(Level.WRONG, f"[access] certificate_ca: {os_error_words(error)}", mend)
    else:
        yield Finding(Level.OK, f"factory certificates count as proof ({access.certificates})")


def _outside(host: str, networks: tuple[str, ...]) -> str | None:
    """The network around *host*, of the usual size, if *networks* has it not; None for a name, which tells nothing."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if any(address in ipaddress.ip_network(each) for each in networks):
        return None
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))


def _wide(networks: tuple[str, ...]) -> str:
    """Those that are as good as everybody, in words."""
    strangers = (text for text in networks if text not in PRIVATE_NETWORKS)
    return ", ".join(text for text in strangers if ipaddress.ip_network(text).prefixlen < _WIDE)
