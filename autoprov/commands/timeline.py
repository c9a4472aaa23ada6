"""``autoprov timeline``: what was seen of one phone, and what it was told."""

import json
from pathlib import Path

import click

from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.parameters import MacParameter
from autoprov.commands.tables import show_timeline, sighting_facts
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog

_LAST = 50


@click.command("timeline", short_help="Show what a phone fetched, registered and was told.")
@settings_option
@json_option
@click.argument("mac", type=MacParameter())
@click.option("--last", type=click.IntRange(min=1), default=_LAST, show_default=True, help="How many, the newest.")
def timeline(settings_file: Path | None, mac: MacAddress, *, as_json: bool, last: int) -> None:
    """Show what a phone fetched, registered and was told, the newest last.

    A fetch that was turned away says why: docs/access.md, "When phones get 503".
    """
    settings = given_settings(settings_file)
    found = SightingsLog(settings.sightings_file).timeline(mac, last)[::-1]
    if as_json:
        click.echo(json.dumps([sighting_facts(each) for each in found], indent=1))
    else:
        show_timeline(found)
