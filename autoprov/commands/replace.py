"""``autoprov replace``: a phone swapped for another."""

from pathlib import Path

import click

from autoprov.commands.options import given_settings, settings_option
from autoprov.commands.parameters import PhoneParameter
from autoprov.openings import config_system_client, open_queue
from autoprov.phone_name import PhoneName
from autoprov.settings.settings import Settings
from autoprov.which_phone import find_mac
from autoprov_phones.description import Description
from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import issue_unique_id
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import OrderKind
from autoprov_worker.replacing import NotReplaceable, Replacing
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable


@click.command("replace", short_help="Let the phone NEW take over the lines and name of OLD.")
@settings_option
@click.argument("old", metavar="OLD", type=PhoneParameter())
@click.argument("new", metavar="NEW", type=PhoneParameter())
@click.option("--delete-old", is_flag=True, help="Delete OLD in the config system; it would be new if it came back.")
def replace_command(settings_file: Path | None, old: PhoneName, new: PhoneName, delete_old: bool) -> None:
    """Let the phone NEW take over the lines and the name of OLD, by MAC or unique ID, of whatever models.

    OLD loses its lines, and stands under "- unassigned -" unless it is deleted. NEW has booted before, so that it is in
    the config system. If anything fails in between, the same command goes on from there.
    """
    settings = given_settings(settings_file)
    done: list[str] = []

    def said(text: str) -> None:
        done.append(text)
        click.echo(text)

    with open_queue(settings) as queue, config_system_client(settings) as client:
        old_mac = find_mac(old, settings, queue=queue, client=client)
        new_mac = find_mac(new, settings, queue=queue, client=client)
        replacing = Replacing(
            client,
            lambda mac: queue.order(OrderKind.FOLLOW, mac),
            lambda mac: _description(mac, settings),
            said,
        )
        try:
            replacing.replace(old_mac, new_mac, delete_old=delete_old)
        except NotReplaceable as error:
            raise click.ClickException(f"{error}; nothing was changed") from error
        except (Refused, Unreachable, AccessDenied, QueueUnavailable) as error:
            how_far = "what stands above is done" if done else "nothing was changed"
            raise click.ClickException(f"{error}; {how_far}, the same command goes on from there") from error
    if not delete_old:
        click.echo(f"{old_mac} stands under - unassigned -; restart it if it goes on showing a line")


def _description(mac: MacAddress, settings: Settings) -> str:
    """Ours, of a phone of which only the MAC is known; its next REGISTER brings address and firmware."""
    unique_id = issue_unique_id(mac, key=settings.secrets.installation_key, length=settings.phones.unique_id_length)
    on_sipxecs = settings.config_system.kind == "sipxconfig"
    return Description(unique_id, "", "", short_hash(mac) if on_sipxecs else "").text
