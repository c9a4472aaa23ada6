"""HEPv3 packets octet for octet as the sources of OpenSIPS and FreeSWITCH lay them out.

Both fill one C structure: family, protocol, ports, time, kind, capture agent. The addresses stand behind it, then the
message.

OpenSIPS: ``create_hep3_message`` and ``build_hep3_buf`` of modules/proto_hep/hep.c, ``send_trace_proto_duplicate`` of
modules/tracer/tracer.c. FreeSWITCH: ``tport_capt_msg_hepv3`` of sofia-sip's tport_logging.c.
"""

import socket
import struct
from ipaddress import ip_address

from tests.registrar_plugin.hosts.hep_packets import chunk, packet

Address = tuple[str, int]
IPPROTO_TLS = socket.IPPROTO_IDP
"""What both write for TLS, which has no number of its own."""
SIP, XLOG = 1, 0x64
CALL_ID = 0x11
_SOFIA_LIMIT = 16_000


def opensips(
    message: bytes,
    *,
    source: Address,
    sent_to: Address,
    call_id: bytes,
    transport: int = socket.IPPROTO_UDP,
    kind: int = SIP,
    payload_type: int = 15,
) -> bytes:
    """The Call-ID stands behind the message, as a generic chunk."""
    generic = _generic(source, sent_to, transport=transport, kind=kind, capture_id=1)
    return packet(*generic, *_addresses(source[0], sent_to[0]), chunk(payload_type, message), chunk(CALL_ID, call_id))


def freeswitch(message: bytes, *, source: Address, sent_to: Address, transport: int = socket.IPPROTO_UDP) -> bytes:
    """Of an IPv6 address four octets are copied, those in which the address has not begun yet: zeroes.

    A message of more than 16,000 octets is left out; one that is too long together with what stands before it is left
    out as well, but its length is told.
    """
    message = b"" if len(message) > _SOFIA_LIMIT else message
    generic = _generic(source, sent_to, transport=transport, kind=SIP, capture_id=2023)
    hosts = ("::", "::") if ip_address(source[0]).version == 6 else (source[0], sent_to[0])
    whole = packet(*generic, *_addresses(*hosts), chunk(15, message))
    return whole if len(whole) <= _SOFIA_LIMIT else whole[: len(whole) - len(message)]


def _generic(source: Address, sent_to: Address, *, transport: int, kind: int, capture_id: int) -> list[bytes]:
    family = socket.AF_INET if ip_address(source[0]).version == 4 else socket.AF_INET6
    return [
        chunk(1, bytes([family])),
        chunk(2, bytes([transport])),
        chunk(7, struct.pack("!H", source[1])),
        chunk(8, struct.pack("!H", sent_to[1])),
        chunk(9, struct.pack("!I", 1_795_370_404)),
        chunk(10, struct.pack("!I", 158_482)),
        chunk(11, bytes([kind])),
        chunk(12, struct.pack("!I", capture_id)),
    ]


def _addresses(source: str, sent_to: str) -> list[bytes]:
    first = 3 if ip_address(source).version == 4 else 5
    return [chunk(first, ip_address(source).packed), chunk(first + 1, ip_address(sent_to).packed)]
