"""HEP version 3: how a PBX mirrors the SIP messages that it sees, one to a datagram.

A packet is ``HEP3``, its length in two octets, and chunks until its end. A chunk is vendor, type and length, two octets
each, and a value; its length counts these six octets too. All numbers are in network order. Vendor 0 names the chunks
that all senders share; those that are looked at here:

     1  IP family: 2 IPv4, 10 IPv6         7  source port
     2  IP protocol: 17 UDP, 6 TCP         8  destination port
     3  IPv4 source                       11  protocol: 1 is SIP
     4  IPv4 destination                  14  authentication key
     5  IPv6 source                       15  the message
     6  IPv6 destination                  16  the message, compressed
"""

import struct
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from registrar_plugin.sip.via import Address

_MAGIC = b"HEP3"
_CONTROL = struct.Struct("!4sH")
_CHUNK = struct.Struct("!HHH")
_PORT = struct.Struct("!H")
_GENERIC = 0
_IP_PROTOCOL = 2
_IPV4_SOURCE, _IPV6_SOURCE, _SOURCE_PORT = 3, 5, 7
_IPV4_DESTINATION, _IPV6_DESTINATION = 4, 6
_PROTOCOL, _KEY, _PAYLOAD, _COMPRESSED = 11, 14, 15, 16
_SIP = b"\x01"
_OLD_VERSIONS = (1, 2)
_OLD_HEADER_LENGTHS = range(16, 64)
"""HEPv1 and v2 begin with version and header length: 16 octets for IPv4, 40 for IPv6, v2 some more for the time."""


class HepFault(Enum):
    """What is wrong with a datagram, in words for the log."""

    NOT_HEP = "no HEP at all"
    OLD_VERSION = "HEP version 1 or 2; set the sender to version 3"
    TRUNCATED = "cut off"
    MALFORMED = "malformed"
    COMPRESSED = "compressed; switch compression off at the sender"


class HepError(ValueError):
    """A datagram is not a HEPv3 packet that can be used: *fault* says why."""

    def __init__(self, fault: HepFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class HepPacket(NamedTuple):
    """One mirrored message.

    *source* is where it was sent from, as the PBX saw it, *sent_to* the host that it went to, ``""`` where that is not
    told; *key* is ``b""`` and *ip_protocol* None where there is none. Of anything but SIP the payload is ``b""``.
    """

    source: Address
    sent_to: str
    key: bytes
    payload: bytes
    ip_protocol: int | None = None


def parse_packet(data: bytes) -> HepPacket:
    """Read one datagram. Chunks of other vendors and unknown types are passed over; octets behind the packet ignored.

    Raises:
        HepError: the only exception, whatever *data* holds.
    """
    chunks = _chunks(data, _packet_length(data))
    key = chunks.get(_KEY, b"")
    if chunks.get(_PROTOCOL, _SIP) != _SIP:
        return HepPacket(("", 0), "", key, b"")
    if _PAYLOAD not in chunks:
        raise HepError(HepFault.COMPRESSED if _COMPRESSED in chunks else HepFault.MALFORMED)
    sent_to = _host(chunks.get(_IPV4_DESTINATION), chunks.get(_IPV6_DESTINATION)) or ""
    ip_protocol = chunks.get(_IP_PROTOCOL, b"")
    return HepPacket(_source(chunks), sent_to, key, chunks[_PAYLOAD], ip_protocol[0] if len(ip_protocol) == 1 else None)


def _packet_length(data: bytes) -> int:
    if len(data) < _CONTROL.size or not data.startswith(_MAGIC):
        if _MAGIC.startswith(data[:4]) and data:
            raise HepError(HepFault.TRUNCATED)
        is_old = len(data) >= 2 and data[0] in _OLD_VERSIONS and data[1] in _OLD_HEADER_LENGTHS
        raise HepError(HepFault.OLD_VERSION if is_old else HepFault.NOT_HEP)
    _, length = _CONTROL.unpack_from(data)
    if length > len(data):
        raise HepError(HepFault.TRUNCATED)
    return int(length)


def _chunks(data: bytes, end: int) -> dict[int, bytes]:
    """The generic chunks by type; of two of a type the last."""
    chunks: dict[int, bytes] = {}
    position = _CONTROL.size
    while position < end:
        if end - position < _CHUNK.size:
            raise HepError(HepFault.MALFORMED)
        vendor, kind, length = _CHUNK.unpack_from(data, position)
        if length < _CHUNK.size or position + length > end:
            raise HepError(HepFault.MALFORMED)
        if vendor == _GENERIC:
            chunks[kind] = data[position + _CHUNK.size : position + length]
        position += length
    return chunks


def _source(chunks: dict[int, bytes]) -> Address:
    host = _host(chunks.get(_IPV4_SOURCE), chunks.get(_IPV6_SOURCE))
    port = chunks.get(_SOURCE_PORT, b"")
    if host is None or len(port) != _PORT.size:
        raise HepError(HepFault.MALFORMED)
    return host, int(_PORT.unpack(port)[0])


def _host(ipv4: bytes | None, ipv6: bytes | None) -> str | None:
    if ipv4 is not None and len(ipv4) == 4:
        return str(IPv4Address(ipv4))
    if ipv6 is not None and len(ipv6) == 16:
        address = IPv6Address(ipv6)
        return str(address.ipv4_mapped or address)
    return None
