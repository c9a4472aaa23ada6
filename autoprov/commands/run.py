"""``autoprov up``, and each of its parts in a process of its own."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import click

from autoprov.commands.options import given_settings, settings_option
from autoprov.compose import PARTS, System
from autoprov.logs import set_up_logs
from autoprov.open_files import allow_open_files
from autoprov.present import utc_now
from autoprov.settings.error import SettingsError
from autoprov.settings.settings import Settings
from autoprov.signals import stop_signal

_OTHER_FILES = 1024
"""Three HTTP servers of 300 connections each, databases, logs."""
_verbose_option = click.option("-v", "--verbose", is_flag=True, help="Log every step.")


@click.command(short_help="Run everything, until SIGTERM or Ctrl-C.")
@settings_option
@_verbose_option
def up(settings_file: Path | None, verbose: bool) -> None:
    """Run the whole system in the foreground until SIGTERM or Ctrl-C."""
    _run(settings_file, lambda _: PARTS, verbose=verbose, said=_where_all_is)


def _part(name: str, what: str, *, short: str | None = None) -> click.Command:
    """A command that runs one part and nothing else."""

    @click.command(
        name, short_help=short or what, help=f"{what} In the foreground until SIGTERM or Ctrl-C; 'up' runs all parts."
    )
    @settings_option
    @_verbose_option
    def run(settings_file: Path | None, verbose: bool) -> None:
        parts = partial(_parts_with, name)
        _run(settings_file, parts, verbose=verbose, said=lambda _: f"{name} runs")

    return run


inventory = _part("inventory", "Run the embedded inventory alone.")
worker = _part(
    "worker",
    "Run the worker alone: queue to config system, config system to spool.",
    short="Run the worker alone.",
)
registrar = _part("registrar", "Run the embedded registrar with its hook alone.")
hep = _part(
    "hep",
    "Hear, alone, which registrations another registrar accepted ([hep] in the settings).",
    short="Run alone what hears a registrar's mirror, [hep].",
)
plugin = _part(
    "plugin",
    "Hear, alone, of registrations that a plug-in tells ([plugin] in the settings).",
    short="Run alone what hears a registrar's plug-in, [plugin].",
)
reg_event = _part(
    "reg-event",
    "Subscribe, alone, to registrations at a sipXecs ([sipxecs] reg_event).",
    short="Run alone the subscription at a sipXecs, [sipxecs].",
)
web = _part("web", "Run the phone-facing HTTP server alone.")
console = _part("console", "Run the superadmin's page alone.")


def _parts_with(name: str, settings: Settings) -> Iterable[str]:
    """Who hears of the phones' registrations knows where they are, and tells them to fetch their files again.

    Raises:
        SettingsError: the part would have nothing to do.
    """
    if (key := _unset(settings).get(name)) is not None:
        raise SettingsError(settings.file, [f"'autoprov {name}' has nothing to do: {key}"])
    return (name, "resync") if name == _who_hears(settings) else (name,)


def _unset(settings: Settings) -> dict[str, str]:
    """The parts that these settings do not ask for, and the key that would."""
    sipxecs = settings.sipxecs
    asked_for = {
        "inventory": (settings.config_system.kind == "embedded", '[config_system] kind is not "embedded"'),
        "registrar": (settings.registrar.is_ours, '[registrar] by = "pbx"'),
        "hep": (settings.hep is not None, "[hep] listen is not set"),
        "plugin": (settings.plugin_socket is not None, "[plugin] socket is not set"),
        "reg-event": (sipxecs is not None and sipxecs.reg_event is not None, "[sipxecs] reg_event is not set"),
    }
    return {name: key for name, (is_asked, key) in asked_for.items() if not is_asked}


def _who_hears(settings: Settings) -> str:
    """The part that is told where the phones are; the first, where there are several."""
    if settings.hep is not None:
        return "hep"
    if settings.plugin_socket is not None:
        return "plugin"
    if settings.sipxecs is not None and settings.sipxecs.reg_event is not None:
        return "reg-event"
    return "registrar"


def _run(
    settings_file: Path | None,
    parts: Callable[[Settings], Iterable[str]],
    *,
    verbose: bool,
    said: Callable[[System], str],
) -> None:
    set_up_logs(level=logging.DEBUG if verbose else logging.INFO)
    stopped = stop_signal()
    settings = given_settings(settings_file)
    allow_open_files(settings.registrar.limits.connections + _OTHER_FILES)
    with System(settings, clock=utc_now, parts=parts(settings)) as system:
        click.echo(said(system))
        stopped.wait()


def _where_all_is(system: System) -> str:
    return f"phones: {system.phone_url}/   registrar: {system.registrar_address}   page: {system.console_url}/"
