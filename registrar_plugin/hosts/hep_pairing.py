"""Which REGISTERs a registrar accepted, found out from all the SIP that it sends and receives."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import Headers, read_message
from registrar_plugin.sip.name_addr import NameAddr, parse_contacts, parse_expires, parse_name_addr
from registrar_plugin.sip.uri import SipUri
from registrar_plugin.sip.via import Address, parse_vias

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_AUTHORIZATION = re.compile(rb"\nAuthorization[ \t]*+:", re.IGNORECASE)
_LONGEST_HEAD = 8192
"""A phone's REGISTER has a tenth of it, and its 200 with one Contact less; two thousand of them are held."""


class PairedRegister(NamedTuple):
    """An accepted REGISTER without its body; *granted* is what its 200 says of its first Contact, if it says it.

    *sent_to* is the registrar's host, as its sender tells it, and so is *ip_protocol*, None where it is not told.
    """

    raw: bytes
    source: Address
    sent_to: str
    granted: timedelta | None
    ip_protocol: int | None = None


class _Held(NamedTuple):
    """A REGISTER that waits for its answer."""

    head: bytes
    source: Address
    sent_to: str
    ip_protocol: int | None


class _Transaction(NamedTuple):
    """What a response repeats of its request (§8.2.6.2).

    The user besides, for a REGISTER that was refused must not be taken for another's that was accepted.
    """

    call_id: str
    cseq: str
    branch: str
    user: str | None


class RegisterPairing:
    """Holds REGISTERs that carry Authorization until their 200 comes, for *life*, and never more than *limit*."""

    def __init__(self, *, life: timedelta = timedelta(seconds=10), limit: int = 2000) -> None:
        self._waiting = ExpiringMap[_Transaction, _Held](life=life, limit=limit)

    def __len__(self) -> int:
        return len(self._waiting)

    def take_request(
        self, raw: bytes, source: Address, *, sent_to: str, now: datetime, ip_protocol: int | None = None
    ) -> bool:
        """Hold a REGISTER; False for one without Authorization, which is challenged.

        Raises:
            SipSyntaxError: it is too long to be held, or cannot be told from others.
        """
        head = _head(raw)
        if _AUTHORIZATION.search(head) is None:
            return False
        self._waiting.set(_transaction(head), _Held(head, source, sent_to, ip_protocol), now=now)
        return True

    def take_answer(self, raw: bytes, *, now: datetime) -> PairedRegister | None:
        """The REGISTER that this 200 answers, None where none is held: it answers something else, or once more.

        Raises:
            SipSyntaxError: it is too long, or cannot be read.
        """
        head = _head(raw)
        transaction = _transaction(head)
        held = self._waiting.get(transaction, now=now)
        if held is None:
            return None
        self._waiting.discard(transaction)
        granted = _granted(read_message(held.head).headers, read_message(head).headers)
        return PairedRegister(held.head, held.source, held.sent_to, granted, held.ip_protocol)


def _head(raw: bytes) -> bytes:
    end = _EMPTY_LINE.search(raw, 0, _LONGEST_HEAD)
    if end is None:
        raise SipSyntaxError("Headers Too Long Or Not Ended")
    return raw[: end.end()]


def _transaction(head: bytes) -> _Transaction:
    headers = read_message(head).headers
    call_id, cseq = headers.required("call-id"), headers.required("cseq")
    return _Transaction(
        call_id, " ".join(cseq.split()), _branch(headers), parse_name_addr(headers.first("to")).sip_user
    )


def _branch(headers: Headers) -> str:
    """Of the topmost Via; what cannot be read there tells nobody from anybody."""
    try:
        return parse_vias(headers.first("via"))[0].branch
    except SipSyntaxError:
        return ""


def _granted(request: Headers, answer: Headers) -> timedelta | None:
    """What the 200 says of the first Contact that was asked for; it lists others' bindings besides (§10.3 step 8)."""
    asked = _first_uri(request)
    for contact in _contacts(answer):
        if asked is not None and isinstance(contact.uri, SipUri) and contact.uri.is_equivalent(asked):
            return contact.expires
    return parse_expires(answer.first("expires")) if answer.first("expires") else None


def _first_uri(headers: Headers) -> SipUri | None:
    contacts = _contacts(headers)
    return contacts[0].uri if contacts and isinstance(contacts[0].uri, SipUri) else None


def _contacts(headers: Headers) -> list[NameAddr]:
    """Those that can be read."""
    contacts: list[NameAddr] = []
    for text in headers.all("contact"):
        try:
            contacts += parse_contacts(text)
        except SipSyntaxError:
            continue
    return contacts
