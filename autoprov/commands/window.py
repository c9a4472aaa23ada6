"""``autoprov window``: lets new phones in for a while, where discovery is closed or has its hours."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import click

from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.parameters import DurationParameter
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from autoprov.window import close_window, discovery_of, open_window, window_until, window_words
from autoprov_web.discovery import LONGEST_WINDOW, OPEN, SCHEDULED


@click.group(short_help="Let new phones in for a while, where discovery is not open.")
def window() -> None:
    """Let new phones in for a while, where [access] discovery is closed or scheduled."""


@window.command("open")
@settings_option
@json_option
@click.option(
    "--for",
    "duration",
    type=DurationParameter(longest=timedelta(seconds=LONGEST_WINDOW)),
    required=True,
    help="How long, from now on: 15m, 2h, 1d; at most 7d. Another window is replaced.",
)
def window_open(settings_file: Path | None, duration: timedelta, *, as_json: bool) -> None:
    """Tell new phones how to register, for a while. Takes effect at once, without a restart."""
    settings, now = given_settings(settings_file), utc_now()
    directory = settings.web_directory
    if not directory.is_dir():
        raise click.ClickException(f"{directory} is not there: run 'autoprov up' or 'autoprov compile' first")
    open_window(settings, until=now + duration)
    _tell(settings, now=now, as_json=as_json)


@window.command("close")
@settings_option
@json_option
def window_close(settings_file: Path | None, *, as_json: bool) -> None:
    """Close the window before its time; not an error if none is open."""
    settings = given_settings(settings_file)
    close_window(settings)
    _tell(settings, now=utc_now(), as_json=as_json)


@window.command("show", short_help="Say whether new phones are let in now, and until when.")
@settings_option
@json_option
def window_show(settings_file: Path | None, *, as_json: bool) -> None:
    """Say whether new phones are told how to register now, and until when."""
    _tell(given_settings(settings_file), now=utc_now(), as_json=as_json)


def _tell(settings: Settings, *, now: datetime, as_json: bool) -> None:
    discovery, until = discovery_of(settings), window_until(settings, now=now)
    is_open = discovery.is_open(now=now.timestamp())
    if as_json:
        facts = {
            "is_open": is_open,
            "window_until": None if until is None else until.astimezone().isoformat(),
            "discovery": settings.access.discovery,
            "schedule": list(settings.access.schedule),
        }
        click.echo(json.dumps(facts, indent=1))
        return
    phones = "new phones" if settings.access.pilot is None else "new phones of the pilot"
    setting = f'[access] discovery = "{settings.access.discovery}"'
    if settings.access.discovery == OPEN:
        click.echo(f"{phones} are let in at all times: {setting}; a window changes nothing")
        return
    hours = f", {', '.join(settings.access.schedule)}" if settings.access.discovery == SCHEDULED else ""
    if until is not None:
        click.echo(f"{phones} are let in until {window_words(until, now=now)}; otherwise by {setting}{hours}")
    else:
        told = "let in" if is_open else "not let in"
        click.echo(f"{phones} are {told} now, by {setting}{hours}; no window is open")
