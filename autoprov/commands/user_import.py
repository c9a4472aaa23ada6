"""``autoprov user import``: the PBX's users into the embedded inventory."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from autoprov.commands.options import EXIT_WRONG, given_settings, settings_option
from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.phones_csv import BadRow, CsvUnreadable
from autoprov.lists.user_import import PlannedUser, Verdict, carry_out, plan
from autoprov.lists.users_csv import read_users
from autoprov.lists.users_table import DatabaseUnreadable, database_url, read_subscribers
from autoprov.openings import open_inventory, open_queue
from autoprov.typed_secret import typed_secret
from autoprov_queue.order import OrderKind

_STANDARD_INPUT = "-"


@click.command("import", short_help="Add or change users from a CSV file or a database.")
@settings_option
@click.argument("source", metavar="FILE-OR-URL")
@click.option("--domain", help="Only users of this domain, where the source has a column of that name.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--skip-bad", is_flag=True, help="Import the other rows if some are bad.")
def user_import(settings_file: Path | None, source: str, domain: str | None, *, dry_run: bool, skip_bad: bool) -> None:
    """Add or change the users of your PBX, so that assigning a phone needs no retyping.

    A CSV file (- for standard input): FreePBX's Bulk Handler export of the extensions, an export of Kamailio's table
    subscriber, or columns of your own: user, display_name, password. Or the URL of Kamailio's database, such as
    mysql+pymysql://kamailio@host/kamailio or sqlite:////etc/kamailio/kamailio.sqlite; its password is asked for.

    Every row is judged first; with a bad one nothing is done. Nobody is removed. Phones of a user whose password or
    name changed get new files and are told to fetch them. No password is ever shown. Exit code 1 if a row is bad.
    """
    settings = given_settings(settings_file)
    if settings.config_system.kind != "embedded":
        raise click.ClickException("the config system is a sipXconfig: it has its users already")
    try:
        users, bad = _read(source, domain)
    except DatabaseUnreadable as error:  # without the source: it may have a password in it
        raise click.ClickException(str(error)) from error
    except (CsvUnreadable, OSError) as error:
        raise click.ClickException(f"{source}: {error.strerror if isinstance(error, OSError) else error}") from error
    if not users and not bad:
        raise click.ClickException(f"{source}: there are no users in it")
    for row in bad:
        click.echo(f"line {row.row}: {row.reason}", err=True)
    if bad and not (skip_bad or dry_run):
        raise click.ClickException(f"bad rows: {len(bad)}; nothing was done. Mend them, or say --skip-bad")
    with open_inventory(settings) as inventory, open_queue(settings) as queue:
        planned = list(plan(users, inventory))
        for each in planned:
            if not dry_run:
                carry_out(each, inventory, order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac))
            if each.verdict is not Verdict.SAME:
                click.echo(_told(each))
    click.echo(("would be: " if dry_run else "") + _summary(planned, bad))
    if bad:
        sys.exit(EXIT_WRONG)


def _read(source: str, domain: str | None) -> tuple[list[PbxUser], list[BadRow]]:
    url = database_url(source)
    if url is not None:
        if url.username is not None:
            url = url.set(password=typed_secret("database password"))
        return read_subscribers(url, domain=domain)
    content = sys.stdin.buffer.read() if source == _STANDARD_INPUT else Path(source).read_bytes()
    return read_users(content, domain=domain)


def _told(planned: PlannedUser) -> str:
    changes = f" ({', '.join(planned.changes)})" if planned.changes else ""
    phones = f"; its phones: {', '.join(map(str, planned.phones))}" if planned.phones else ""
    return f"{planned.verdict.value}: {planned.user.user_name}{changes}{phones}"


def _summary(planned: Sequence[PlannedUser], bad: Sequence[BadRow]) -> str:
    counts = Counter(each.verdict for each in planned)
    phones = len({mac for each in planned for mac in each.phones})
    told = [f"{verdict.value}: {counts[verdict]}" for verdict in Verdict]
    return "; ".join([*told, f"bad: {len(bad)}", f"phones that fetch new files: {phones}"])
