"""What is wrong with an installation, and how to mend it: the findings of ``autoprov check``."""

import errno
import ipaddress
import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from autoprov.checks.access import check_access
from autoprov.checks.boot_roots import check_boot_roots
from autoprov.checks.certificate import check_certificate
from autoprov.checks.config_system import check_config_system
from autoprov.checks.fetches import check_fetches
from autoprov.checks.finding import Finding, Level
from autoprov.checks.foreign_registrar import check_foreign_registrar
from autoprov.checks.hep import check_hep, largest_receive_buffer
from autoprov.checks.passwords import check_passwords
from autoprov.checks.site import check_site
from autoprov.openings import open_inventory, open_queue
from autoprov.os_errors import os_error_words
from autoprov.settings.reader import Listen
from autoprov.settings.settings import Settings
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME
from autoprov_queue.entry import EntryState
from autoprov_queue.errors import QueueSchemaError, QueueUnavailable
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.log import SightingsLog
from autoprov_web.spool_reader import CLOCK_SKEW
from sipxconfig_server.errors import InventoryUnusable


def check_settings(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Everything that can be seen without starting anything; the settings themselves are already read."""
    yield Finding(Level.OK, f"settings and secrets are readable: {settings.file}")
    yield from check_passwords(settings, now=now)
    yield from check_certificate(settings)
    yield from check_foreign_registrar(settings)
    yield from check_hep(settings, largest_buffer=largest_receive_buffer())
    yield from check_access(settings, now=now)
    yield _state_directory(settings)
    yield from _addresses(settings)
    yield from _ports(settings)
    if settings.state_directory.is_dir() and not os.access(settings.state_directory, os.X_OK):
        return  # nothing in it can be looked at, as was just said
    yield from _inventory(settings)
    in_use = _bind_error(settings.inventory_listen, socket.SOCK_STREAM)
    running = in_use is not None and in_use.errno == errno.EADDRINUSE
    yield from check_config_system(settings, running=running, now=now)
    yield from _queue(settings)
    yield from _sightings(settings)
    yield from _snapshot(settings, now=now)
    yield from check_site(settings, now=now)
    yield from check_fetches(settings, now=now)
    yield from check_boot_roots(settings, now=now)


def _state_directory(settings: Settings) -> Finding:
    directory = settings.state_directory
    if not directory.is_dir():
        if directory.exists():
            return Finding(
                Level.WRONG, f"{directory} is not a directory", "move it away, then: autoprov init DIRECTORY"
            )
        usual = settings.file.parent / "state"
        mend = (
            f"autoprov init {usual.parent}"
            if directory == usual
            else f"mkdir -p -m 750 {directory}, of the user of 'up'"
        )
        return Finding(Level.WRONG, f"{directory} is not there", mend)
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
            mend = (
                "set it to the address under which phones reach it (in a new directory, autoprov init --address does)"
            )
            yield Finding(Level.WARNING, f"{key} tells phones {host}, which is the phone itself", mend)
        else:
            yield Finding(Level.OK, f"{key} tells phones {host}")
    url, listen = urlsplit(settings.phones.url), settings.web.listen
    told_port = url.port or (443 if url.scheme == "https" else 80)
    if told_port != listen.port:
        mend = "right if a proxy of yours stands in between; else give both the same port"
        yield Finding(Level.WARNING, f"[phones] url has port {told_port}, [web] listens on {listen}", mend)
    if not _is_loopback(settings.console.listen.host):
        yield Finding(
            Level.WARNING,
            f"[console] listens on {settings.console.listen}, and the page has no password of its own",
            "listen on 127.0.0.1 and put your web server with its login in front",
        )


def _ports(settings: Settings) -> Iterator[Finding]:
    servers = [
        ("[web] listen", settings.web.listen, socket.SOCK_STREAM),
        *(
            ("[registrar] listen", Listen(each.host, each.port), each.transport.socket_kind)
            for each in settings.registrar.listeners
        ),
        ("[console] listen", settings.console.listen, socket.SOCK_STREAM),
    ]
    if settings.config_system.kind == "embedded":
        servers.append(("[inventory] listen", settings.inventory_listen, socket.SOCK_STREAM))
    if settings.hep is not None:
        servers.append(("[hep] listen", Listen(*settings.hep.listen), socket.SOCK_DGRAM))
    if settings.sipxecs is not None and settings.sipxecs.reg_event is not None:
        servers.append(("[sipxecs] reg_event_listen", settings.sipxecs.reg_event.listen, socket.SOCK_DGRAM))
    for key, listen, kind in servers:
        protocol = "udp" if kind is socket.SOCK_DGRAM else "tcp"
        error = _bind_error(listen, kind)
        if error is None:
            yield Finding(Level.OK, f"{key} {listen}/{protocol} is free")
        elif error.errno == errno.EADDRINUSE:
            mend = f"right if 'autoprov up' runs; else see who has it: ss -lnp{protocol[0]} 'sport = :{listen.port}'"
            yield Finding(Level.WARNING, f"{key} {listen}/{protocol} is in use", mend)
        elif isinstance(error, PermissionError):
            mend = "choose a port above 1023, or give the user of 'up' the right to it"
            yield Finding(Level.WRONG, f"{key} {listen}/{protocol}: {error.strerror}", mend)
        else:
            mend = "listen on 0.0.0.0 or on an address of this machine"
            yield Finding(Level.WRONG, f"{key} {listen}/{protocol}: {error.strerror}", mend)


def _inventory(settings: Settings) -> Iterator[Finding]:
    if settings.config_system.kind != "embedded" or not settings.state_directory.is_dir():
        return
    try:
        with open_inventory(settings):
            yield Finding(Level.OK, "the embedded inventory opens")
    except (InventoryUnusable, OSError) as error:
        reason = os_error_words(error) if isinstance(error, OSError) else error
        mend = f"see the disk and the owner of {settings.inventory_file}; restore it from your backup if it is damaged"
        yield Finding(Level.WRONG, f"the embedded inventory cannot be used: {reason}", mend)


def _queue(settings: Settings) -> Iterator[Finding]:
    if not settings.state_directory.is_dir():
        return
    try:
        with open_queue(settings) as queue:
            counts = queue.counts()
    except (QueueUnavailable, QueueSchemaError) as error:
        yield Finding(Level.WRONG, f"the queue cannot be used: {error}", "see the disk and the file's owner")
        return
    refused = counts.get(EntryState.REFUSED, 0)
    waiting = counts.get(EntryState.WAITING, 0)
    yield Finding(Level.OK, f"the queue opens; phones waiting in it: {waiting}")
    if refused:
        yield Finding(
            Level.WARNING, f"phones refused, which wait for a person: {refused}", "autoprov queue list --state refused"
        )


def _sightings(settings: Settings) -> Iterator[Finding]:
    if not settings.state_directory.is_dir():
        return
    try:
        SightingsLog(settings.sightings_file).last_seen([])
    except SightingsUnavailable as error:
        mend = (
            "see the disk and the file's owner; if it is damaged move it away, only when phones were last seen is lost"
        )
        yield Finding(Level.WRONG, f"the sightings cannot be used: {error}", mend)


def _snapshot(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    try:
        text = (settings.spool_directory / SNAPSHOT_FILE_NAME).read_text(encoding="ascii")
        age = now - datetime.fromtimestamp(float(text), now.tzinfo)
    except FileNotFoundError:
        yield Finding(Level.OK, "no snapshot of the config system yet; 'autoprov up' takes one before it serves phones")
        return
    except NotADirectoryError:
        mend = f"a file stands where a directory is wanted, move it away: {settings.spool_directory}"
        yield Finding(Level.WRONG, "the spool cannot be read", mend)
        return
    except (OSError, ValueError) as error:
        mend = f"see the owner of {settings.spool_directory}; 'autoprov up' writes what is in it anew"
        yield Finding(Level.WRONG, f"the spool cannot be read: {error}", mend)
        return
    if age.total_seconds() < -CLOCK_SKEW:
        mend = "set this machine's clock right, then restart 'autoprov up'"
        yield Finding(Level.WRONG, f"the last snapshot is {_words(-age)} in the future: phones get 503", mend)
    elif age > settings.web.snapshot_max_age:
        mend = "right if 'autoprov up' does not run; else its log says why the config system is not reached"
        yield Finding(Level.WARNING, f"the last snapshot is {_words(age)} old: phones get 503", mend)
    else:
        yield Finding(Level.OK, f"the last snapshot is {_words(age)} old")


def _bind_error(listen: Listen, kind: socket.SocketKind) -> OSError | None:
    """Why nobody could listen there now; None where it is free."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            return error
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} minutes" if minutes else f"{int(age.total_seconds())} seconds"
