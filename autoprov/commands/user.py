"""``autoprov user``: to whom phones are assigned, where the config system is the embedded inventory."""

import sys
from pathlib import Path

import click

from autoprov.commands.options import given_settings, settings_option
from autoprov.commands.parameters import SipUserParameter
from autoprov.commands.user_import import user_import
from autoprov.openings import open_inventory


@click.group(short_help="Users of the embedded inventory, to whom phones are assigned.")
def user() -> None:
    """Users of the embedded inventory, to whom phones are assigned."""


@user.command("add")
@settings_option
@click.argument("user_name", type=SipUserParameter())
@click.option("--display-name", default="", help="What the phone shows and others see.")
def user_add(settings_file: Path | None, user_name: str, display_name: str) -> None:
    """Add a user of your PBX, or replace it.

    The SIP password is asked for, or read from standard input.
    """
    settings = given_settings(settings_file)
    if settings.config_system.kind != "embedded":
        raise click.ClickException("the config system is a sipXconfig: add users there")
    interactive = sys.stdin.isatty()
    password = click.prompt("SIP password", hide_input=True) if interactive else sys.stdin.readline().strip()
    if not password:
        raise click.ClickException("no SIP password on standard input")
    display_name = display_name or user_name
    if not (password.isprintable() and display_name.isprintable()):
        raise click.ClickException("SIP password or display name holds characters that cannot be printed")
    with open_inventory(settings) as inventory:
        inventory.add_user(user_name, display_name=display_name, sip_password=password)
    click.echo(f"user {user_name} is there")


user.add_command(user_import)
