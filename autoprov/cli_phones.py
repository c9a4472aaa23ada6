"""``autoprov phones``: what the config system has."""

import json
from pathlib import Path

import click

from autoprov import tables
from autoprov.cli_options import given_settings, json_option, settings_option
from autoprov.openings import config_system_client
from sipxconfig_client.errors import Unreachable


@click.command()
@settings_option
@json_option
@click.option("--unassigned", is_flag=True, help="Only phones without a line.")
def phones(settings_file: Path | None, as_json: bool, unassigned: bool) -> None:
    """List the phones of the config system."""
    settings = given_settings(settings_file)
    with config_system_client(settings) as client:
        try:
            found = [phone for phone in client.all_phones() if phone.is_unassigned or not unassigned]
        except Unreachable as error:
            if settings.config_system.kind == "embedded":
                raise Unreachable(f"{error}; it is part of 'autoprov up': is that running?") from error
            raise
    if as_json:
        click.echo(json.dumps([tables.phone_facts(phone) for phone in found], indent=1))
    else:
        tables.show_phones(found)
