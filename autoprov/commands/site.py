"""``autoprov compile`` and ``autoprov pair``: what the phone-facing path serves, and to whom beyond its rules."""

from datetime import timedelta
from pathlib import Path

import click

from autoprov.commands.given_phone import given_mac
from autoprov.commands.options import given_settings, settings_option
from autoprov.commands.parameters import DurationParameter, PhoneParameter
from autoprov.compile_site import site_file, write_site
from autoprov.phone_name import PhoneName
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_web.pairing import pair, unpair
from autoprov_web.spool_reader import Known, look_up
from autoprov_worker.spool import SpoolWriter

_LONGEST = timedelta(days=30)


@click.command("compile", short_help="Make the settings and the overlay count for phones.")
@settings_option
def compile_command(settings_file: Path | None) -> None:
    """Make the settings and the overlay count for phones: at once, with no restart of any web server.

    'autoprov up' does it at its start. Where Apache serves phones, the same file is for it.
    """
    settings = given_settings(settings_file)
    changed = write_site(settings, now=utc_now())
    click.echo(f"{'wrote' if changed else 'unchanged:'} {site_file(settings)}")


@click.command("pair", short_help="Let an assigned phone fetch its files once more.")
@settings_option
@click.argument("phones", metavar="[ID-OR-MAC]...", type=PhoneParameter(), nargs=-1)
@click.option(
    "--assigned",
    is_flag=True,
    help="All phones that have a line: after an upgrade from a version before own directories.",
)
@click.option(
    "--for",
    "duration",
    type=DurationParameter(longest=_LONGEST),
    default="15m",
    show_default=True,
    help="How long, from now on.",
)
@click.option("--end", is_flag=True, help="Let them in no longer.")
def pair_command(
    settings_file: Path | None, phones: tuple[PhoneName, ...], *, assigned: bool, duration: timedelta, end: bool
) -> None:
    """Let an assigned phone fetch its files by its MAC alone, for a while.

    For a phone that was reset, or whose firmware cannot learn its own directory. The address that fetches one of its
    files first, whoever that is in the networks, gets all of them, with its SIP password, and no other does.
    """
    if not (phones or assigned):
        raise click.UsageError("no phone is named: give its MAC or ID, or --assigned")
    settings = given_settings(settings_file)
    directory = settings.web_directory
    if not directory.is_dir():
        raise click.ClickException(f"{directory} is not there: run 'autoprov up' or 'autoprov compile' first")
    chosen = {given_mac(phone, settings) for phone in phones}
    if assigned:
        spool = SpoolWriter(settings.spool_directory)
        chosen |= {mac for mac in spool.macs() if (entry := spool.read(mac)) is not None and entry.is_assigned}
    if not chosen:
        raise click.ClickException("no phone has a line yet, as far as we know; give a MAC")
    until = utc_now() + duration
    for mac in sorted(chosen):
        if end:
            click.echo(f"{mac} {'is let in no longer' if unpair(str(directory), mac) else 'was not let in'}")
        else:
            pair(str(directory), mac, until=until.timestamp())
            click.echo(f"{mac} is let in until {until.astimezone():%Y-%m-%d %H:%M %Z}; let it fetch its files now")
            if not _has_line(settings, mac):
                click.echo("note: as far as we know it has no line yet; is the MAC right?")


def _has_line(settings: Settings, mac: MacAddress) -> bool:
    max_age = settings.web.snapshot_max_age.total_seconds()
    knowledge = look_up(str(settings.spool_directory), mac, now=utc_now().timestamp(), max_age=max_age)
    return isinstance(knowledge, Known) and knowledge.entry.is_assigned
