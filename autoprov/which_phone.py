"""Which phone a person means, who says its MAC address or the ID on its screen."""

from collections.abc import Callable, Iterable

import click

from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_phones.phone_tag import PhoneTag, PhoneTagSyntaxError
from autoprov_phones.short_hash import LENGTH as SIPXECS_LENGTH
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import UniqueId, UniqueIdSyntaxError
from autoprov_queue.store import PhoneQueue
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import NotOffered
from sipxconfig_client.values import Phone


def find_mac(text: str, *, queue: PhoneQueue, client: SipxconfigClient) -> MacAddress:
    """The phone's MAC: as it was typed, or of the one phone that shows this unique ID, or sipXecs' own.

    The queue is asked first; only where it knows no such ID the config system lists its phones.

    Raises:
        click.ClickException: no phone shows that, or several do.
        QueueUnavailable, Unreachable, AccessDenied: it cannot be told now.
    """
    mac = _typed_mac(text)
    if mac is not None:
        return mac
    macs = _showing(text, queue) or _listed(text, client)
    if not macs:
        raise click.ClickException(f"no phone shows {text!r}; say its MAC address, or see: autoprov phones")
    if len(macs) > 1:
        raise click.ClickException(f"{text!r} is shown by {', '.join(map(str, sorted(macs)))}: say which by its MAC")
    return macs.pop()


def _typed_mac(text: str) -> MacAddress | None:
    for read in (MacAddress.parse, _mac_of_tag):
        try:
            return read(text)
        except (MacSyntaxError, PhoneTagSyntaxError):
            continue
    return None


def _mac_of_tag(text: str) -> MacAddress:
    return PhoneTag.parse(text).mac


def _showing(text: str, queue: PhoneQueue) -> set[MacAddress]:
    try:
        return {entry.phone.tag.mac for entry in queue.showing(UniqueId.parse(text))}
    except UniqueIdSyntaxError:
        return set()


def _listed(text: str, client: SipxconfigClient) -> set[MacAddress]:
    wanted = text.strip().upper()
    shows = _shows_sipxecs_id if len(wanted) == SIPXECS_LENGTH else _says
    try:
        return _macs(client.all_phones(), lambda phone: shows(phone, wanted))
    except NotOffered:
        return set()


def _macs(phones: Iterable[Phone], is_meant: Callable[[Phone], bool]) -> set[MacAddress]:
    return {phone.mac for phone in phones if phone.mac is not None and is_meant(phone)}


def _says(phone: Phone, unique_id: str) -> bool:
    said = parse_description(phone.description)
    return said is not None and said.unique_id.text == unique_id


def _shows_sipxecs_id(phone: Phone, sipxecs_id: str) -> bool:
    return phone.is_unassigned and phone.mac is not None and short_hash(phone.mac) == sipxecs_id
