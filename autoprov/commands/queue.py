"""``autoprov queue``: phones on their way into the config system."""

import json
from pathlib import Path

import click

from autoprov.commands import tables
from autoprov.commands.given_phone import given_mac, phone_argument
from autoprov.commands.options import given_settings, json_option, say_or_fail, settings_option
from autoprov.openings import open_queue
from autoprov.phone_name import PhoneName
from autoprov.present import utc_now
from autoprov_queue.entry import EntryState


@click.group()
def queue() -> None:
    """Look after the phones on their way into the config system."""


@queue.command("list", short_help="List the phones, where they stand, and the last answer.")
@settings_option
@json_option
@click.option("--state", type=click.Choice([state.value for state in EntryState]), help="Only phones in this state.")
def queue_list(settings_file: Path | None, as_json: bool, state: str | None) -> None:
    """List the queue: which phone, where it stands, what the last answer was."""
    with open_queue(given_settings(settings_file)) as opened:
        entries = list(opened.entries(EntryState(state) if state else None))
    if as_json:
        click.echo(json.dumps([tables.entry_facts(entry) for entry in entries], indent=1))
    else:
        tables.show_queue(entries, now=utc_now())


@queue.command("show", short_help="Show all that is known of one phone.")
@settings_option
@json_option
@phone_argument
def queue_show(settings_file: Path | None, as_json: bool, phone: PhoneName) -> None:
    """Show one phone's entry: all that is known of it, the last answer, and orders that are not done."""
    settings = given_settings(settings_file)
    mac = given_mac(phone, settings)
    with open_queue(settings) as opened:
        entry = opened.find(mac)
        orders = [order for order in opened.pending_orders() if order.mac == mac]
    if entry is None:
        raise click.ClickException(f"{mac} is not in the queue")
    if as_json:
        click.echo(json.dumps(tables.entry_facts(entry) | {"orders": list(map(tables.order_facts, orders))}, indent=1))
    else:
        tables.show_entry(entry, orders, now=utc_now())


@queue.command("retry")
@settings_option
@phone_argument
def queue_retry(settings_file: Path | None, phone: PhoneName) -> None:
    """Try a waiting or refused phone again, now."""
    settings = given_settings(settings_file)
    mac = given_mac(phone, settings)
    with open_queue(settings) as opened:
        say_or_fail(opened.retry(mac), f"{mac} is due now", f"{mac} is not in the queue")


@queue.command("forget", short_help="Drop a phone until it registers again.")
@settings_option
@phone_argument
def queue_forget(settings_file: Path | None, phone: PhoneName) -> None:
    """Drop a phone from the queue; it comes back when it registers again."""
    settings = given_settings(settings_file)
    mac = given_mac(phone, settings)
    with open_queue(settings) as opened:
        say_or_fail(opened.forget(mac), f"{mac} is forgotten", f"{mac} is not in the queue")
