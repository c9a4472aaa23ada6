"""Registration information documents (RFC 3680 §5), as sipXecs and Kamailio write them."""

import re
from datetime import timedelta
from typing import NamedTuple

from lxml import etree

from autoprov_phones.mac import MacAddress, MacSyntaxError
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.name_addr import parse_expires
from registrar_plugin.sip.uri import SipUri, parse_uri

CONTENT_TYPE = "application/reginfo+xml"
MAX_BYTES = 1_048_576
"""A sipXecs writes some four hundred bytes for each contact."""
MAX_CONTACTS = 10_000
_NAMESPACE = "{urn:ietf:params:xml:ns:reginfo}"
_INSTRUMENT = "instrument"
"""By its local name: sipXecs' namespace of it is of no RFC."""
_INSTANCE = "+sip.instance"
# "<urn:uuid:00000000-0000-1000-8000-0004F2ABCDEF>": a UUID of time and MAC ends in the MAC (RFC 5626 §4.1)
_UUID = re.compile(r'"?<urn:uuid:[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-1[0-9A-Fa-f]{3}-[0-9A-Fa-f]{4}-([0-9A-Fa-f]{12})>"?')
_NUMBER = re.compile(r"[0-9]{1,10}")


class RegInfoError(ValueError):
    """The bytes are no such document; the text says why."""


class ReportedContact(NamedTuple):
    """One contact of an address of record.

    *contact_id* names it for as long as the subscription lasts. *uri* is None where it is no SIP URI. *instrument* is
    what the phone called itself in its digest user name, ``""`` where nothing is said; *instance* its +sip.instance.
    *user_agent* is ``""`` from sipXecs, which does not tell it. *expires* is None where it is not told.
    """

    contact_id: str
    is_active: bool
    uri: SipUri | None
    call_id: str
    cseq: str
    expires: timedelta | None
    user_agent: str
    instrument: str
    instance: str

    @property
    def mac(self) -> MacAddress | None:
        """The phone's, as far as it said one; whoever knows the user's password may have said any."""
        uuid = _UUID.fullmatch(self.instance)
        for text in (self.instrument, uuid[1] if uuid else ""):
            try:
                return MacAddress.parse(text)
            except MacSyntaxError:
                continue
        return None


class ReportedRegistration(NamedTuple):
    """An address of record and its contacts; those of a partial document are the changed ones."""

    address_of_record: str
    contacts: tuple[ReportedContact, ...]


class RegInfo(NamedTuple):
    """One document. *is_full*: it holds all there is, and what it does not hold is gone."""

    version: int
    is_full: bool
    registrations: tuple[ReportedRegistration, ...]


def parse_reginfo(body: bytes) -> RegInfo:
    """Read a document. No entity is replaced, nothing is loaded from anywhere.

    Raises:
        RegInfoError: the only exception, whatever *body* holds.
    """
    root = _root(body)
    if root.tag != f"{_NAMESPACE}reginfo":
        raise RegInfoError("another root than reginfo")
    version, state = root.get("version", ""), root.get("state", "")
    if _NUMBER.fullmatch(version) is None or state not in ("full", "partial"):
        raise RegInfoError("without a version, or neither full nor partial")
    registrations = tuple(_registration(element) for element in root.iterfind(f"{_NAMESPACE}registration"))
    if sum(len(each.contacts) for each in registrations) > MAX_CONTACTS:
        raise RegInfoError(f"more than {MAX_CONTACTS} contacts")
    return RegInfo(int(version), state == "full", registrations)


def _root(body: bytes) -> etree._Element:  # pyright: ignore[reportPrivateUsage] - lxml has no public name for its element's type
    if len(body) > MAX_BYTES:
        raise RegInfoError(f"longer than {MAX_BYTES} bytes")
    # Only in UTF-8, whatever it says of itself: so that what is looked for here cannot hide in another encoding.
    if b"<!DOCTYPE" in body:
        raise RegInfoError("with a document type")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RegInfoError("no XML in UTF-8") from error


def _registration(element: etree._Element) -> ReportedRegistration:  # pyright: ignore[reportPrivateUsage] - as above
    contacts = tuple(_contact(each) for each in element.iterfind(f"{_NAMESPACE}contact"))
    return ReportedRegistration(element.get("aor", ""), contacts)


def _contact(element: etree._Element) -> ReportedContact:  # pyright: ignore[reportPrivateUsage] - as above
    uri, instrument, instance = "", "", ""
    for child in element:
        text = (child.text or "").strip()
        if child.tag == f"{_NAMESPACE}uri":
            uri = text
        elif child.tag == f"{_NAMESPACE}unknown-param" and child.get("name") == _INSTANCE:
            instance = text
        elif str(child.tag).rpartition("}")[2] == _INSTRUMENT:
            instrument = text
    expires = element.get("expires")
    return ReportedContact(
        contact_id=element.get("id", ""),
        is_active=element.get("state") == "active",
        uri=read_sip_uri(uri),
        call_id=element.get("callid", ""),
        cseq=element.get("cseq", ""),
        expires=None if expires is None else parse_expires(expires),
        user_agent=element.get("user_agent", ""),
        instrument=instrument,
        instance=instance,
    )


def read_sip_uri(text: str) -> SipUri | None:
    """None for what is no SIP URI."""
    try:
        uri = parse_uri(text)
    except SipSyntaxError:
        return None
    return uri if isinstance(uri, SipUri) else None
