"""A REGISTER that another registrar accepted, as its host tells us of it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from registrar_plugin.hosts.phone_source import phone_transport
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import readable
from registrar_plugin.sip.message import Headers, read_message
from registrar_plugin.sip.name_addr import NameAddr, parse_contacts, parse_expires, parse_name_addr
from registrar_plugin.sip.uri import SipUri
from registrar_plugin.sip.via import Address

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_NEVER = timedelta(0)
_ASKED_FOR_NOTHING = timedelta(hours=1)
"""§10.2.1.1: then the registrar chooses; how long does not matter here, but that it is not zero."""


def accepted_registration(
    raw: bytes,
    *,
    source: Address,
    expires: timedelta | None,
    received_at: datetime,
    ip_protocol: int | None = None,
) -> AcceptedRegistration:
    """What *raw* registered: a REGISTER that its registrar has answered with 200.

    Read less strictly than a request to ourselves, for what that registrar let pass is not ours to refuse: the body may
    be cut off, and what cannot be read in From or Contact is as if it were not there. *source* is where the phone sent
    from, *ip_protocol* what that was seen to be. *expires* is what the 200 granted, None where nobody saw it: then what
    was asked for counts. A removal is one, whatever the 200 says of other bindings. *received_at* is aware.

    Raises:
        SipSyntaxError: it is no REGISTER, breaks off within its header fields, or does not say whose it is. The only
            exception, whatever *raw* holds.
    """
    if _EMPTY_LINE.search(raw.lstrip(b"\r\n")) is None:
        raise SipSyntaxError("Headers Not Ended By An Empty Line")
    message = read_message(raw)
    method, _, _ = message.start_line.partition(" ")
    if method != "REGISTER":
        raise SipSyntaxError("Not A REGISTER")
    headers = message.headers
    to = parse_name_addr(headers.first("to"))
    contacts = _contacts(headers)
    first = contacts[0].uri if contacts and contacts[0] is not None else None
    return AcceptedRegistration(
        address_of_record=to.address_of_record,
        user=to.sip_user or "",
        display_name=_display_name(headers),
        contact_host=first.host if isinstance(first, SipUri) else None,
        contact_count=len(contacts),
        expires=_granted(contacts, headers, expires),
        is_query=not headers.all("contact"),
        user_agent=readable(headers.first("user-agent")),
        call_id=readable(headers.first("call-id")),
        source=source,
        received_at=received_at,
        transport=phone_transport(headers, ip_protocol=ip_protocol),
    )


def _contacts(headers: Headers) -> list[NameAddr | None]:
    """None for one that cannot be read; none at all for ``*``."""
    fields = headers.all("contact")
    contacts: list[NameAddr | None] = []
    for text in () if fields == ("*",) else fields:
        try:
            contacts += parse_contacts(text)
        except SipSyntaxError:
            contacts.append(None)
    return contacts


def _display_name(headers: Headers) -> str:
    try:
        return parse_name_addr(headers.first("from")).display_name
    except SipSyntaxError:
        return ""


def _granted(contacts: Sequence[NameAddr | None], headers: Headers, told: timedelta | None) -> timedelta:
    """The longest of what the Contacts got; zero where all that was asked for is a removal."""
    header = headers.first("expires")
    otherwise = parse_expires(header) if header else _ASKED_FOR_NOTHING
    asked = [_asked(contact, otherwise) for contact in contacts]
    if max(asked, default=_NEVER) == _NEVER:
        return _NEVER
    return max(asked) if told is None else told


def _asked(contact: NameAddr | None, otherwise: timedelta) -> timedelta:
    expires = None if contact is None else contact.expires
    return otherwise if expires is None else expires
