"""``autoprov assign | unassign | resync``: a phone gets its line, loses it, or is told to fetch its files again."""

from pathlib import Path

import click

from autoprov.commands.given_phone import phone_argument
from autoprov.commands.options import given_settings, say_or_fail, settings_option
from autoprov.commands.parameters import HostParameter, PhoneParameter
from autoprov.openings import config_system_client, open_queue
from autoprov.phone_name import PhoneName
from autoprov.settings.settings import Settings
from autoprov.typed_secret import typed_secret
from autoprov.which_phone import find_mac
from autoprov_console.assigning import assign
from autoprov_console.letting_in import has_to_be_let_in
from autoprov_console.outcome import Outcome, notice_of
from autoprov_queue.order import OrderKind
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import NotOffered, Refused
from sipxconfig_client.values import ExternalLine, Phone, UserLine


@click.command("assign")
@settings_option
@phone_argument
@click.argument("user_name", metavar="USER")
@click.option(
    "--registrar", type=HostParameter(), help="USER is an account at this registrar, not of the config system."
)
@click.option("--port", type=click.IntRange(1, 65535), default=5060, show_default=True, help="Of --registrar.")
@click.option("--display-name", default="", help="With --registrar: what the phone shows and others see.")
def assign_command(
    settings_file: Path | None, phone: PhoneName, user_name: str, registrar: str | None, port: int, display_name: str
) -> None:
    """Give the phone a line, and make it fetch its files.

    With --registrar the SIP password is asked for, or read from standard input. A phone that has that line already is
    left as it is; one that has another is not touched (exit code 1).
    """
    settings = given_settings(settings_file)
    line = _line(user_name, registrar, port, display_name)
    with open_queue(settings) as queue, config_system_client(settings) as client:
        mac = find_mac(phone, settings, queue=queue, client=client)
        try:
            outcome = assign(
                mac,
                line,
                client=client,
                order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac),
                serves_own_files=settings.lines.serve_own_files,
            )
        except Refused as error:
            raise Refused(f"{user_name} for {mac}: {error}{_how_to_add(settings, user_name)}") from error
        there = client.phone(mac) if outcome is Outcome.ALREADY else None
        if there is not None and _has_line(there, line):
            queue.order(OrderKind.FOLLOW, mac)
            click.echo(f"{mac} has that line already; it is told to fetch its files")
            if settings.lines.serve_own_files and has_to_be_let_in(there):
                click.echo(
                    f"its firmware is before 3.3: it gets them while it is let in: autoprov pair {mac} --for 15m"
                )
            return
    if outcome is Outcome.ALREADY:
        raise click.ClickException(
            f"{mac} has another line. Nothing was changed; to take that away: autoprov unassign {mac}"
        )
    notice = notice_of(outcome, mac)
    say_or_fail(outcome in (Outcome.ASSIGNED, Outcome.HAS_TO_BE_LET_IN), notice, notice)


@click.command("unassign", short_help="Take every line of the phone away.")
@settings_option
@phone_argument
def unassign_command(settings_file: Path | None, phone: PhoneName) -> None:
    """Take every line of the phone away; it goes back under "- unassigned -" with its next restart."""
    settings = given_settings(settings_file)
    with open_queue(settings) as queue, config_system_client(settings) as client:
        mac = find_mac(phone, settings, queue=queue, client=client)
        found = client.phone(mac)
        if found is None:
            raise click.ClickException(f"{mac} is not in the config system")
        client.remove_lines(found.id)
        if not settings.lines.serve_own_files:
            _send_profiles(found.id, client)
        queue.order(OrderKind.FOLLOW, mac)
    lines = ", ".join(line.user or line.user_id for line in found.lines)
    done = f"has lost its line: {lines}" if lines else "had no line"
    click.echo(f"{mac} {done}. It is told to fetch its files; restart it if it goes on showing a line.")


@click.command("resync", short_help="Make phones fetch their files again.")
@settings_option
@click.argument("phones", metavar="ID-OR-MAC...", type=PhoneParameter(), nargs=-1, required=True)
def resync_command(settings_file: Path | None, phones: tuple[PhoneName, ...]) -> None:
    """Look at the phones in the config system again, and make them fetch their files.

    Carried out by the running installation; autoprov timeline MAC tells what came of it.
    """
    settings = given_settings(settings_file)
    with open_queue(settings) as queue, config_system_client(settings) as client:
        macs = [find_mac(phone, settings, queue=queue, client=client) for phone in phones]
        for mac in macs:
            if queue.find(mac) is None and client.phone(mac) is None:
                raise click.ClickException(f"{mac} is not in the config system, and never registered here")
        for mac in macs:
            queue.order(OrderKind.FOLLOW, mac)
            click.echo(f"{mac} is told to fetch its files")


def _how_to_add(settings: Settings, user_name: str) -> str:
    is_ours = settings.config_system.kind == "embedded"
    return f"; users are added by: autoprov user add {user_name}" if is_ours else ""


def _line(user_name: str, registrar: str | None, port: int, display_name: str) -> UserLine | ExternalLine:
    if registrar is None:
        if display_name:
            raise click.UsageError("--display-name is for a line of another registrar; give --registrar, too")
        return UserLine(user_name)
    return ExternalLine(user_name, display_name, typed_secret("SIP password"), registrar, port)


def _has_line(phone: Phone, line: UserLine | ExternalLine) -> bool:
    if isinstance(line, UserLine):
        return [there.user for there in phone.lines] == [line.user]
    return [(there.user, there.user_id, there.registration_server) for there in phone.lines] == [
        (None, line.user_id, line.registration_server)
    ]


def _send_profiles(phone_id: int, client: SipxconfigClient) -> None:
    """The PBX serves the phone's files: else it would go on with those that have the line."""
    try:
        client.send_profiles(phone_id)
    except NotOffered as error:
        click.echo(f"{error}: press Send Profiles for this phone there", err=True)
