"""Where a phone is and how it sends, told by a REGISTER that another registrar took."""

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number
from registrar_plugin.sip.host import one_address
from registrar_plugin.sip.message import Headers
from registrar_plugin.sip.name_addr import parse_contacts
from registrar_plugin.sip.uri import SipUri, parse_uri
from registrar_plugin.sip.via import DEFAULT_PORT, Address, Via, parse_vias

_PRIVATE_CONTACT = "x-sipx-privcontact"
"""A sipXecs proxy writes the address behind which a phone with a NAT is reached into its Contact, and here its own."""
NOWHERE: Address = ("", 0)
_UDP, _TCP = 17, 6


def phone_source(headers: Headers) -> Address:
    """Where the phone sent from, as far as the message says; ``NOWHERE`` if that is no IP address.

    The bottom Via is the phone's own, in which the first proxy noted what it saw (§18.2.1). It notes nothing where the
    phone says its address itself: then Contact has it, and sent-by.
    """
    via = _bottom_via(headers)
    if via is not None and via.params.get("received"):
        received = via.params["received"].strip("[]")
        return _somewhere(received, _port(via.params.get("rport", ""), otherwise=via.port))
    contact = contact_uri(headers)
    if contact is not None:
        return _somewhere(contact.host, contact.port)
    return NOWHERE if via is None else _somewhere(via.host, via.port)


def contact_source(headers: Headers) -> Address:
    """Where the phone's first Contact says that it is; ``NOWHERE`` where that is no IP address, or one of this machine.

    For a REGISTER that no proxy marked: what else is in its Via, the phone wrote itself.
    """
    contact = contact_uri(headers)
    address = None if contact is None else one_address(contact.host)
    if contact is None or address is None or address.is_loopback:
        return NOWHERE
    return contact.host, contact.port or DEFAULT_PORT


def phone_transport(headers: Headers, *, ip_protocol: int | None) -> Transport:
    """By what the phone sent: its own Via says it.

    *ip_protocol* is what its packets were seen to be, None where nobody saw them. TLS is seen as TCP, and some senders
    of HEP have a number of their own for it.
    """
    via = _bottom_via(headers)
    written = transport_called("" if via is None else via.transport)
    if ip_protocol == _UDP:
        return Transport.UDP
    if ip_protocol == _TCP and written is Transport.UDP:
        return Transport.TCP
    return written


def transport_called(word: str) -> Transport:
    """The transport of a Via or of a URI's parameter; UDP where none is named, or none that we know."""
    try:
        return Transport(word.lower())
    except ValueError:
        return Transport.UDP


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


def _somewhere(host: str, port: int | None) -> Address:
    return NOWHERE if one_address(host) is None else (host, port or DEFAULT_PORT)


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
