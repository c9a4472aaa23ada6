"""What is wrong with an installation, and how to mend it: the findings of ``autoprov check``."""

import ipaddress
import os
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
from autoprov.checks.ports import check_ports, part_runs
from autoprov.checks.site import check_site
from autoprov.openings import open_inventory, open_queue
from autoprov.os_errors import os_error_words
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
    yield from check_ports(settings)
    if settings.state_directory.is_dir() and not os.access(settings.state_directory, os.X_OK):
        return  # nothing in it can be looked at, as was just said
    yield from _inventory(settings)
    yield from check_config_system(settings, running=part_runs(settings, "inventory"), now=now)
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
        server = "start that PostgreSQL, or see [queue] url and secrets/queue-password; our parts go on once it answers"
        mend = server if settings.queue.url else "see the disk and the file's owner"
        yield Finding(Level.WRONG, f"the queue cannot be used: {error}", mend)
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


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} minutes" if minutes else f"{int(age.total_seconds())} seconds"
