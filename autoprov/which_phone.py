"""Which phone a person means, who says its MAC address or the ID on its screen."""

from collections.abc import Callable, Iterable
from typing import assert_never

import click

from autoprov.openings import config_system_client, open_queue
from autoprov.phone_name import PhoneName, SipxecsId
from autoprov.settings.settings import Settings
from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import UniqueId
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.log import SightingsLog
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable
from sipxconfig_client.values import Phone


def look_for_mac(phone: PhoneName, settings: Settings) -> MacAddress:
    """As ``find_mac``, with what that asks opened for it.

    Raises:
        click.ClickException: as ``find_mac``, or the config system was needed and cannot be asked.
        QueueUnavailable, QueueSchemaError, SightingsUnavailable: it cannot be told now.
    """
    try:
        with open_queue(settings) as queue, config_system_client(settings) as client:
            return find_mac(phone, settings, queue=queue, client=client)
    except (Unreachable, AccessDenied, Refused) as error:
        raise click.ClickException(
            f"we ourselves know no phone that shows {phone}, and the config system cannot be asked: {error}; "
            "say the phone's MAC address"
        ) from error


def find_mac(phone: PhoneName, settings: Settings, *, queue: PhoneQueue, client: SipxconfigClient) -> MacAddress:
    """The phone's MAC: as it was typed, or of the one phone that shows this ID.

    Asked are the phones that registered, then those that fetched their files, and only where neither knows the ID, the
    config system, which has to list its phones.

    Raises:
        click.ClickException: no phone shows that, or several do.
        QueueUnavailable, SightingsUnavailable, Unreachable, AccessDenied: it cannot be told now.
    """
    match phone:
        case MacAddress():
            return phone
        case UniqueId():
            macs = {entry.phone.tag.mac for entry in queue.showing(phone)} or _served(phone, settings)
            macs = macs or _listed(client, lambda there: _says(there, phone))
        case SipxecsId():
            macs = _listed(client, lambda there: _shows(there, phone))
        case _:
            assert_never(phone)
    if not macs:
        raise click.ClickException(
            f"no phone shows '{phone}', as far as we know; say its MAC address, or see: autoprov phones"
        )
    if len(macs) > 1:
        raise click.ClickException(f"{phone} is shown by {', '.join(map(str, sorted(macs)))}: say which by its MAC")
    return macs.pop()


def _served(unique_id: UniqueId, settings: Settings) -> set[MacAddress]:
    """Also phones that never registered: they were given the ID that they show, and ``FetchLog`` told so."""
    return SightingsLog(settings.sightings_file).macs_with(f"ID {unique_id}, ")


def _listed(client: SipxconfigClient, is_meant: Callable[[Phone], bool]) -> set[MacAddress]:
    try:
        return _macs(client.all_phones(), is_meant)
    except NotOffered:
        return set()


def _macs(phones: Iterable[Phone], is_meant: Callable[[Phone], bool]) -> set[MacAddress]:
    return {phone.mac for phone in phones if phone.mac is not None and is_meant(phone)}


def _says(phone: Phone, unique_id: UniqueId) -> bool:
    said = parse_description(phone.description)
    return said is not None and said.unique_id == unique_id


def _shows(phone: Phone, sipxecs_id: SipxecsId) -> bool:
    return phone.is_unassigned and phone.mac is not None and short_hash(phone.mac) == sipxecs_id.text
