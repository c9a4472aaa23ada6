"""What ``autoprov check`` says of the compiled site, and of what web servers write beside it."""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from autoprov.checks.finding import Finding, Level
from autoprov.compile_site import compile_site, site_file
from autoprov.settings.settings import Settings
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_web.access import RATES_FILE_NAME
from autoprov_web.fetch_report import FETCHES_FILE_NAME, MAX_FILE_BYTES
from autoprov_web.pairing import paired_macs
from autoprov_web.site import SITE_FILE_NAME, SiteUnusable, read_site


def check_site(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Whether phones get what the settings say, and who gets more."""
    yield _compiled(settings, now=now)
    yield from _shared_files(settings.web_directory)
    fetches = settings.web_directory / FETCHES_FILE_NAME
    if fetches.exists() and fetches.stat().st_size >= MAX_FILE_BYTES:
        mend = "start 'autoprov up': it reads them into the timeline"
        yield Finding(Level.WARNING, f"{fetches} is full: what phones fetch is not noted any more", mend)
    secret = [
        each.name for each in (*settings.overlay.site, *chain(*settings.overlay.models.values())) if each.is_secret
    ]
    if secret and not settings.lines.serve_own_files:
        mend = (
            'set it in the PBX: with own_files_by = "pbx" phones have no directory of their own to prove who they are'
        )
        yield Finding(Level.WARNING, f"overlay: {secret[0]} is secret and reaches hardly any phone", mend)
    if paired := paired_macs(str(settings.web_directory), now=now.timestamp()):
        shown = ", ".join(str(mac) for mac in paired[:5]) + (", ..." if len(paired) > 5 else "")
        mend = "they end by themselves; sooner: autoprov pair MAC --end"
        yield Finding(Level.WARNING, f"phones that get their files by their MAC alone: {shown}", mend)


def _shared_files(directory: Path) -> Iterator[Finding]:
    """What this user and a web server's both need; where ``up`` alone serves phones, all of it is this user's."""
    if not directory.is_dir():
        return
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        mend = f"chown it to the user of 'up', or chmod 2770 with a group of that user: {directory}"
        yield Finding(Level.WRONG, f"{directory} cannot be written by this user: no window, no pair, no compile", mend)
        return
    for name in (FETCHES_FILE_NAME, RATES_FILE_NAME):
        file = directory / name
        if file.exists() and not os.access(file, os.R_OK | os.W_OK):
            mend = f"mode 0660 and a group that this user and the web server's are in, or delete it: {file}"
            yield Finding(Level.WARNING, f"{file} cannot be used by this user", mend)
    site = directory / SITE_FILE_NAME
    if site.exists() and site.stat().st_gid != directory.stat().st_gid:
        mend = f"right if only 'autoprov up' serves phones; else: chgrp {directory.stat().st_gid} {site}"
        yield Finding(Level.WARNING, f"{site} is of another group than its directory", mend)


def _compiled(settings: Settings, *, now: datetime) -> Finding:
    path = site_file(settings)
    try:
        wanted = compile_site(settings, now=now)
    except PhoneFileError as error:
        return Finding(Level.WRONG, f"phones cannot be given these settings: {error}", "change what it names")
    if not path.exists():
        return Finding(
            Level.WARNING,
            f"{path} is not there: phones get 503",
            "'autoprov up' makes it when it starts, or: autoprov compile",
        )
    if not os.access(path, os.R_OK):
        return Finding(Level.WRONG, f"{path} cannot be read by this user", f"chown it to the user of 'up': {path}")
    try:
        found = read_site(str(path))
    except SiteUnusable as error:
        return Finding(Level.WRONG, str(error), "autoprov compile")
    wanted.compiled_at = found.compiled_at
    if wanted.to_bytes() != found.to_bytes():
        mend = "autoprov compile; 'autoprov phone-file MAC --diff' shows what changes"
        return Finding(Level.WARNING, "phones are served by older settings than these", mend)
    return Finding(Level.OK, f"phones are served what the settings say: {path}")
