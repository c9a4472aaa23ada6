"""``autoprov user``: to whom phones are assigned, where the config system is the embedded inventory."""

import json
from collections.abc import Iterable
from pathlib import Path

import click

from autoprov.commands import tables
from autoprov.commands.options import given_settings, json_option, settings_option
from autoprov.commands.parameters import SipUserParameter
from autoprov.commands.user_import import user_import
from autoprov.lists.pbx_user import PbxUser, reason_against
from autoprov.lists.user_import import carry_out, plan
from autoprov.openings import open_inventory, open_queue
from autoprov.settings.settings import Settings
from autoprov.typed_secret import typed_secret
from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import OrderKind
from sipxconfig_server.store import UserHasLine


@click.group(short_help="Users of the embedded inventory, to whom phones are assigned.")
def user() -> None:
    """Users of the embedded inventory, to whom phones are assigned."""


@user.command("list", short_help="List the users, and the phones that have their lines.")
@settings_option
@json_option
def user_list(settings_file: Path | None, *, as_json: bool) -> None:
    """List the users and the phones that have their lines. No password is ever shown."""
    with open_inventory(_with_own_users(settings_file)) as inventory:
        users, phones = inventory.users(), inventory.serials_by_user()
    if as_json:
        click.echo(json.dumps([tables.user_facts(each, phones) for each in users], indent=1))
    else:
        tables.show_users(users, phones)


@user.command("add", short_help="Add a user of your PBX, or change it.")
@settings_option
@click.argument("user_name", type=SipUserParameter())
@click.option("--display-name", default="", help="What the phone shows and others see.")
def user_add(settings_file: Path | None, user_name: str, display_name: str) -> None:
    """Add a user of your PBX, or change it; phones that have its line then fetch their files.

    The SIP password is asked for, or read from standard input.
    """
    settings = _with_own_users(settings_file)
    password = typed_secret("SIP password")
    with open_inventory(settings) as inventory, open_queue(settings) as queue:
        known = inventory.user(user_name)
        name = display_name or (known.display_name if known else user_name)
        given = PbxUser(1, user_name, name, password)
        if reason := reason_against(given):
            raise click.ClickException(reason)
        (planned,) = plan([given], inventory)
        carry_out(planned, inventory, order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac))
    click.echo(f"user {user_name} is there")
    for mac in planned.phones:
        click.echo(f"{mac} has its line, and is told to fetch its files")


@user.command("remove", short_help="Remove a user whose line no phone has.")
@settings_option
@click.argument("user_name", metavar="USER_NAME")
@click.option("--unassign", is_flag=True, help="Take the line from the phones that have it; they fetch their files.")
def user_remove(settings_file: Path | None, user_name: str, *, unassign: bool) -> None:
    """Remove a user. One whose line is on a phone stays, and the phones are named, unless you say --unassign."""
    settings = _with_own_users(settings_file)
    with open_inventory(settings) as inventory, open_queue(settings) as queue:
        phones = inventory.serials_by_user().get(user_name, [])
        try:
            is_removed = inventory.remove_user(user_name, with_lines=unassign)
        except UserHasLine as error:
            raise click.ClickException(
                f"the line of {user_name} is on {', '.join(phones)}: nothing was removed; autoprov unassign takes all "
                "lines of a phone away, --unassign this user's from all phones"
            ) from error
        if not is_removed:
            raise click.ClickException(f"there is no user {user_name}; see: autoprov user list")
        click.echo(f"user {user_name} is removed")
        macs = list(_macs(phones))
        try:
            for mac in macs:
                queue.order(OrderKind.FOLLOW, mac)
                click.echo(f"{mac} has lost that line; it is told to fetch its files")
        except QueueUnavailable as error:
            names = " ".join(map(str, macs))
            raise click.ClickException(
                f"{error}; the phones have lost that line and do not know it yet: autoprov resync {names}"
            ) from error


user.add_command(user_import)


def _with_own_users(settings_file: Path | None) -> Settings:
    settings = given_settings(settings_file)
    if settings.config_system.kind != "embedded":
        raise click.ClickException("the config system is a sipXconfig: its users are looked after there")
    return settings


def _macs(serial_numbers: Iterable[str]) -> Iterable[MacAddress]:
    """Those that are phones of ours: a softphone fetches nothing from us."""
    for serial_number in serial_numbers:
        try:
            yield MacAddress.parse(serial_number)
        except MacSyntaxError:
            continue
