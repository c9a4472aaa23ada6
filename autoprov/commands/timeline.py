"""``autoprov timeline``: what was seen of one phone, and what it was told."""

import json
from datetime import datetime
from pathlib import Path

import click

from autoprov.commands.given_phone import given_mac, phone_argument
from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.tables import show_timeline, sighting_facts
from autoprov.phone_name import PhoneName
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog

_LAST = 50


@click.command("timeline", short_help="Show what a phone fetched, registered and was told.")
@settings_option
@json_option
@phone_argument
@click.option("--last", type=click.IntRange(min=1), default=_LAST, show_default=True, help="How many, the newest.")
def timeline(settings_file: Path | None, phone: PhoneName, *, as_json: bool, last: int) -> None:
    """Show what a phone fetched, registered and was told, the newest last.

    A fetch that was turned away says why: docs/access.md, "When phones get 503".
    """
    settings = given_settings(settings_file)
    mac = given_mac(phone, settings)
    log = SightingsLog(settings.sightings_file)
    found = log.timeline(mac, last)[::-1]
    if as_json:
        click.echo(json.dumps([sighting_facts(each) for each in found], indent=1))
        return
    if mac != phone:
        click.echo(f"{phone} is {mac}", err=True)
    if found:
        show_timeline(found)
    else:
        _say_where_to_look(mac, settings, since=log.begins_at())


def _say_where_to_look(mac: MacAddress, settings: Settings, *, since: datetime | None) -> None:
    """Of a phone that was not seen *since* then; None: nor was any other."""
    kept = "nor of any other phone" if since is None else f"since {since.astimezone():%Y-%m-%d %H:%M:%S}"
    networks = ", ".join(settings.access.networks)
    click.echo(f"nothing was seen of {mac}, {kept}: neither a fetch nor a registration")
    click.echo(f"  does it reach us? it asks for {settings.phones.url}/000000000000.cfg: try that from its network")
    click.echo(f"  is its network in [access] networks? from elsewhere all is 404, and stands here: {networks}")
    click.echo("  is anything wrong with us? autoprov check")
