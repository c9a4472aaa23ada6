"""``autoprov phones import``: phones from a CSV file into the config system."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from autoprov.commands.options import EXIT_WRONG, given_settings, json_option, settings_option
from autoprov.commands.progress import with_progress
from autoprov.lists.phone_import import RowResult, carry_out, judge
from autoprov.lists.phones_csv import BadRow, CsvUnreadable, read_csv
from autoprov.openings import config_system_client, open_queue
from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import NotOffered


@click.command("import", short_help="Create the phones of a CSV file, with their lines.")
@settings_option
@json_option
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--skip-bad", is_flag=True, help="Import the other rows if some are bad.")
@click.pass_context
def phones_import(
    ctx: click.Context, settings_file: Path | None, file: BinaryIO, *, as_json: bool, dry_run: bool, skip_bad: bool
) -> None:
    """Create the phones of the CSV in FILE (- for standard input), with their lines.

    Its first line names the columns: mac and model, and if you like version, description and lines (users, with
    blanks between). Every row is judged first; with a bad one nothing is done. A phone that is there is left as it is,
    but gets its lines if it has none, so that an import can be made again. Exit code 1 if any row was not done.
    """
    settings = given_settings(settings_file or ctx.find_object(Path))
    try:
        rows, bad = read_csv(file.read())
    except CsvUnreadable as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    if not rows and not bad:
        raise click.ClickException(f"{file.name}: no phones stand below its first line")
    with config_system_client(settings) as client, open_queue(settings) as queue:
        good, never = judge(rows, client.capabilities())
        bad = sorted([*bad, *never], key=lambda row: row.row)
        for each in bad:
            click.echo(f"line {each.row}: {each.reason}", err=True)
        if dry_run:
            _tell_plan([row.mac for row, _ in good], client, bad, as_json=as_json)
        elif bad and not skip_bad:
            raise click.ClickException(f"bad rows: {len(bad)}; nothing was done. Mend them, or say --skip-bad")
        else:
            done = carry_out(good, client, order_follow=lambda mac: _follow_if_seen(mac, queue))
            _tell_results(list(with_progress(done, what="importing", total=len(good))), bad, as_json=as_json)


def _follow_if_seen(mac: MacAddress, queue: PhoneQueue) -> None:
    """A phone that has registered with us is told of its line; of one that never came the next snapshot tells."""
    if queue.find(mac) is not None:
        queue.order(OrderKind.FOLLOW, mac)


def _tell_plan(macs: Sequence[MacAddress], client: SipxconfigClient, bad: Sequence[BadRow], *, as_json: bool) -> None:
    try:
        there = {phone.mac for phone in with_progress(client.all_phones(), what="reading phones")}
    except NotOffered:
        there = set[MacAddress | None]()
    plan = {"would be created": [str(mac) for mac in macs if mac not in there]}
    plan["there already"] = [str(mac) for mac in macs if mac in there]
    if as_json:
        click.echo(json.dumps({**plan, "bad": [{"line": row.row, "reason": row.reason} for row in bad]}, indent=1))
    else:
        click.echo("; ".join([*(f"{name}: {len(found)}" for name, found in plan.items()), f"bad: {len(bad)}"]))
    if bad:
        sys.exit(EXIT_WRONG)


def _tell_results(results: Sequence[RowResult], bad: Sequence[BadRow], *, as_json: bool) -> None:
    if as_json:
        told = [
            {"line": each.row, "mac": str(each.mac), "verdict": each.verdict.value, "detail": each.detail}
            for each in results
        ]
        click.echo(json.dumps(told, indent=1))
    else:
        for each in results:
            if each.detail:
                click.echo(f"line {each.row}: {each.mac}: {each.verdict.value}: {each.detail}", err=not each.is_done)
        counts = Counter(each.verdict.value for each in results)
        click.echo("; ".join(f"{name}: {count}" for name, count in [*counts.items(), ("bad", len(bad))]))
    if bad or not all(each.is_done for each in results):
        sys.exit(EXIT_WRONG)
