"""``autoprov phones``: what the config system has."""

import json
from pathlib import Path

import click

from autoprov.commands import tables
from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.phones_import import phones_import
from autoprov.commands.progress import with_progress
from autoprov.lists.phones_csv import write_csv
from autoprov.openings import config_system_client, open_queue
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from sipxconfig_client.errors import NotOffered


@click.group(invoke_without_command=True)
@settings_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="CSV on standard output, as 'phones import' reads it.")
@click.option("--unassigned", is_flag=True, help="Only phones without a line.")
@click.pass_context
def phones(ctx: click.Context, settings_file: Path | None, as_json: bool, as_csv: bool, unassigned: bool) -> None:
    """List the phones of the config system.

    A sipXconfig before 14.10 tells none of them: there, it is what our own queue knows, without lines.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = settings_file
        return
    settings = given_settings(settings_file)
    with config_system_client(settings) as client:
        try:
            listed = with_progress(client.all_phones(), what="reading phones")
            found = [phone for phone in listed if phone.is_unassigned or not unassigned]
        except NotOffered as error:
            if as_csv:
                raise
            _show_own_records(settings, error, as_json=as_json)
            return
    if as_csv:
        click.echo(write_csv(found), nl=False)
    elif as_json:
        click.echo(json.dumps([tables.phone_facts(phone) for phone in found], indent=1))
    else:
        tables.show_phones(found)


phones.add_command(phones_import)


def _show_own_records(settings: Settings, reason: NotOffered, *, as_json: bool) -> None:
    """What we sent there, whatever became of it since."""
    with open_queue(settings) as queue:
        entries = queue.entries()
    if as_json:
        click.echo(json.dumps([{**tables.entry_facts(entry), "lines": None} for entry in entries], indent=1))
    else:
        tables.show_queue(entries, now=utc_now())
    click.echo(f"{reason}. These are our own records; which of the phones have a line, its own pages say.", err=True)
