"""The one phone that a command was given, by its MAC or by the ID on its screen."""

import click

from autoprov.commands.parameters import PhoneParameter
from autoprov.phone_name import PhoneName
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress

phone_argument = click.argument("phone", metavar="ID-OR-MAC", type=PhoneParameter())


def given_mac(phone: PhoneName, settings: Settings) -> MacAddress:
    """The MAC of the phone that is meant; for a MAC nothing is opened.

    Raises:
        click.ClickException: no phone shows that ID, several do, or the config system was needed and cannot be asked.
        QueueUnavailable, QueueSchemaError, SightingsUnavailable: it cannot be told now.
    """
    if isinstance(phone, MacAddress):
        return phone
    # Here, because the database and HTTP that an ID needs take a MAC's caller 0.2 s to import.
    from autoprov.which_phone import look_for_mac

    return look_for_mac(phone, settings)
