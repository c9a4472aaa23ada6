"""What a plug-in within somebody else's registrar tells of each accepted REGISTER, in one datagram.

``AUTOPROV/1 <source IP or -> <source port or 0> <granted seconds or ->``, a line feed, and the REGISTER as it came. The
message may be cut off, but not within its header fields.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple

from registrar_plugin.hosts.mirrored import accepted_registration
from registrar_plugin.hosts.phone_source import contact_uri, own_host, phone_source
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import read_message
from registrar_plugin.sip.via import Address

_HEADING = re.compile(rb"AUTOPROV/1 (-|[0-9A-Fa-f.:]{2,45}) ([0-9]{1,5}) (-|[0-9]{1,10})\n")


class Told(NamedTuple):
    """One registration; *cseq* as it was written, which with its Call-ID tells a retransmission (§17.2.3)."""

    registration: AcceptedRegistration
    cseq: str


class PluginDatagramError(ValueError):
    """The datagram is not of this form, or what it holds is not a REGISTER; the text says why."""


def read_datagram(data: bytes, *, received_at: datetime) -> Told:
    """The registration that *data* tells of.

    A plug-in of which the phone's address is hidden, behind a proxy, says ``-``: then the message tells it.

    Raises:
        PluginDatagramError: the only exception, whatever *data* holds.
    """
    heading = _HEADING.match(data)
    if heading is None:
        raise PluginDatagramError("does not begin with AUTOPROV/1 and its three words")
    host, port, granted = (word.decode("ascii") for word in heading.groups())
    raw = data[heading.end() :]
    headers = read_message(raw).headers
    try:
        registration = accepted_registration(
            raw,
            source=phone_source(headers) if host == "-" else _address(host, int(port)),
            expires=None if granted == "-" else timedelta(seconds=int(granted)),
            received_at=received_at,
        )
    except SipSyntaxError as error:
        raise PluginDatagramError(f"its message: {error.reason}") from error
    contact = contact_uri(headers)
    if contact is not None:
        registration = replace(registration, contact_host=own_host(contact))
    return Told(registration, headers.first("cseq"))


def _address(host: str, port: int) -> Address:
    try:
        return str(ip_address(host)), min(port, 65_535)
    except ValueError as error:
        raise PluginDatagramError("its source is no IP address") from error
