"""Where a phone is, told by a REGISTER that came by way of a proxy."""

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number
from registrar_plugin.sip.message import Headers
from registrar_plugin.sip.name_addr import parse_contacts
from registrar_plugin.sip.uri import SipUri, parse_uri
from registrar_plugin.sip.via import DEFAULT_PORT, Address, Via, parse_vias

_PRIVATE_CONTACT = "x-sipx-privcontact"
"""A sipXecs proxy writes the address behind which a phone with a NAT is reached into its Contact, and here its own."""
NOWHERE: Address = ("", 0)


def phone_source(headers: Headers) -> Address:
    """Where the phone sent from, as far as the message says; ``NOWHERE`` if it does not.

    The bottom Via is the phone's own, in which the first proxy noted what it saw (§18.2.1). It notes nothing where the
    phone says its address itself: then Contact has it, and sent-by.
    """
    via = _bottom_via(headers)
    if via is not None and via.params.get("received"):
        return via.params["received"].strip("[]"), _port(via.params.get("rport", ""), otherwise=via.port)
    contact = contact_uri(headers)
    if contact is not None:
        return contact.host, contact.port or DEFAULT_PORT
    return NOWHERE if via is None else (via.host, via.port or DEFAULT_PORT)


def own_host(contact: SipUri) -> str:
    """The host that the phone itself wrote into its Contact, also where a proxy replaced it."""
    written = contact.params.get(_PRIVATE_CONTACT, "")
    try:
        own = parse_uri(f"sip:{written}")
    except SipSyntaxError:  # nothing was replaced, as nearly always
        return contact.host
    return own.host if isinstance(own, SipUri) else contact.host


def contact_uri(headers: Headers) -> SipUri | None:
    """The first Contact's, None where there is none, or none that leads to a phone."""
    try:
        uri = parse_contacts(headers.first("contact"))[0].uri
    except SipSyntaxError:  # also of the wildcard
        return None
    return uri if isinstance(uri, SipUri) else None


def _bottom_via(headers: Headers) -> Via | None:
    fields = headers.all("via")
    try:
        return parse_vias(fields[-1])[-1] if fields else None
    except SipSyntaxError:
        return None


def _port(text: str, *, otherwise: int | None) -> int:
    try:
        return parse_number(text, ceiling=65_535)
    except SipSyntaxError:
        return otherwise or DEFAULT_PORT
