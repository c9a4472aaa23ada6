"""What is wrong with an installation, and how to mend it: the findings of ``autoprov check``."""

import errno
import ipaddress
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from autoprov.compose import config_system_client, open_queue
from autoprov.settings import Settings
from autoprov.settings_reader import Listen
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME
from autoprov_queue.entry import EntryState
from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable


class Level(Enum):
    """How much a finding matters; the value is what is printed."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and what to do where it is not ok."""

    level: Level
    what: str
    mend: str = ""


def check_settings(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Everything that can be seen without starting anything; the settings themselves are already read."""
    yield Finding(Level.OK, f"settings and secrets are readable: {settings.file}")
    yield _state_directory(settings)
    yield from _addresses(settings)
    running = not _is_free(settings.inventory_listen, socket.SOCK_STREAM)
    yield from _ports(settings)
    yield from _config_system(settings, running=running)
    yield from _queue(settings)
    yield from _snapshot(settings, now=now)


def _state_directory(settings: Settings) -> Finding:
    directory = settings.state_directory
    if not directory.is_dir():
        return Finding(Level.WRONG, f"{directory} is not there", f"autoprov init {settings.file.parent}")
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        return Finding(
            Level.WRONG, f"{directory} cannot be written by this user", f"chown it to the user of 'up': {directory}"
        )
    return Finding(Level.OK, f"state directory can be written: {directory}")


def _addresses(settings: Settings) -> Iterator[Finding]:
    """A phone cannot reach our loopback address."""
    told = {
        "[phones] url": urlsplit(settings.phones.url).hostname or "",
        "[registrar] address": settings.registrar.address,
        "[lines] registrar": settings.lines.registrar,
    }
    for key, host in told.items():
        if _is_loopback(host):
            mend = "set it to the address under which phones reach it (autoprov init --address writes it everywhere)"
            yield Finding(Level.WARNING, f"{key} tells phones {host}, which is the phone itself", mend)
        else:
            yield Finding(Level.OK, f"{key} tells phones {host}")
    if not _is_loopback(settings.console.listen.host):
        yield Finding(
            Level.WARNING,
            f"[console] listens on {settings.console.listen}, and the page has no password of its own",
            "listen on 127.0.0.1 and put your web server with its login in front",
        )


def _ports(settings: Settings) -> Iterator[Finding]:
    servers = (
        ("[web] listen", settings.web.listen, socket.SOCK_STREAM),
        ("[registrar] listen", settings.registrar.listen, socket.SOCK_DGRAM),
        ("[inventory] listen", settings.inventory_listen, socket.SOCK_STREAM),
        ("[console] listen", settings.console.listen, socket.SOCK_STREAM),
    )
    for key, listen, kind in servers:
        protocol = "udp" if kind is socket.SOCK_DGRAM else "tcp"
        if _is_free(listen, kind):
            yield Finding(Level.OK, f"{key} {listen}/{protocol} is free")
        else:
            mend = f"right if 'autoprov up' runs; else see who has it: ss -lnp{protocol[0]} 'sport = :{listen.port}'"
            yield Finding(Level.WARNING, f"{key} {listen}/{protocol} is in use or not an address of this machine", mend)


def _config_system(settings: Settings, *, running: bool) -> Iterator[Finding]:
    if settings.config_system.kind == "embedded" and not running:
        yield Finding(Level.OK, "the embedded config system starts with 'autoprov up'")
        return
    try:
        with config_system_client(settings) as client:
            client.phones(start=0, limit=1)
            models = {model.model_id: model for model in client.models()}
    except (Unreachable, Refused) as error:
        yield Finding(
            Level.WRONG, f"the config system does not answer: {error}", "see [config_system] url and the network"
        )
        return
    except AccessDenied as error:
        mend = "see [config_system] user_name and secrets/config-system-password"
        yield Finding(Level.WRONG, f"the config system does not let us in: {error}", mend)
        return
    yield Finding(Level.OK, f"the config system answers and knows {len(models)} models")
    for token, operator_model in settings.models.items():
        model = models.get(operator_model.model_id)
        if model is None:
            yield Finding(
                Level.WRONG, f"[models] {token}: the config system has no model {operator_model.model_id!r}", "mend it"
            )
        elif model.versions and operator_model.version not in model.versions:
            mend = f"set version to one of {', '.join(model.versions)}"
            yield Finding(
                Level.WRONG, f"[models] {token}: {model.model_id} has no version {operator_model.version!r}", mend
            )


def _queue(settings: Settings) -> Iterator[Finding]:
    if not settings.state_directory.is_dir():
        return
    try:
        with open_queue(settings) as queue:
            counts = queue.counts()
    except QueueUnavailable as error:
        yield Finding(Level.WRONG, f"the queue cannot be used: {error}", "see the disk and the file's owner")
        return
    refused = counts.get(EntryState.REFUSED, 0)
    waiting = counts.get(EntryState.WAITING, 0)
    yield Finding(Level.OK, f"the queue opens; {waiting} phones wait in it")
    if refused:
        yield Finding(
            Level.WARNING, f"{refused} phones were refused and wait for a person", "autoprov queue list --state refused"
        )


def _snapshot(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    try:
        text = (settings.spool_directory / SNAPSHOT_FILE_NAME).read_text(encoding="ascii")
        age = now - datetime.fromtimestamp(float(text), now.tzinfo)
    except FileNotFoundError:
        yield Finding(Level.OK, "no snapshot of the config system yet; 'autoprov up' takes one before it serves phones")
        return
    except (OSError, ValueError) as error:
        yield Finding(Level.WRONG, f"the spool cannot be read: {error}", f"see {settings.spool_directory}")
        return
    if age > settings.web.snapshot_max_age:
        mend = "right if 'autoprov up' does not run; else its log says why the config system is not reached"
        yield Finding(Level.WARNING, f"the last snapshot is {_words(age)} old: phones get 503", mend)
    else:
        yield Finding(Level.OK, f"the last snapshot is {_words(age)} old")


def _is_free(listen: Listen, kind: socket.SocketKind) -> bool:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
                return False
            raise
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} minutes" if minutes else f"{int(age.total_seconds())} seconds"
