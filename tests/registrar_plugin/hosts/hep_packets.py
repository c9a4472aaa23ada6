"""HEPv3 packets as senders make them."""

import struct
from ipaddress import ip_address

PHONE = ("192.0.2.31", 5060)
SIP = 1


def chunk(kind: int, value: bytes, *, vendor: int = 0) -> bytes:
    """One chunk."""
    return struct.pack("!HHH", vendor, kind, 6 + len(value)) + value


def packet(*chunks: bytes) -> bytes:
    """A packet of these."""
    body = b"".join(chunks)
    return b"HEP3" + struct.pack("!H", 6 + len(body)) + body


def mirrored(
    payload: bytes,
    *,
    source: tuple[str, int] = PHONE,
    sent_to: str | None = None,
    protocol: int = SIP,
    ip_protocol: int = 17,
    key: bytes | None = None,
) -> bytes:
    """What a PBX sends of *payload*, in the order of Kamailio's siptrace; *sent_to* None: to where it came from."""
    host = ip_address(source[0])
    family, kind = (2, 3) if host.version == 4 else (10, 5)
    return packet(
        chunk(1, bytes([family])),
        chunk(2, bytes([ip_protocol])),
        chunk(kind, host.packed),
        chunk(kind + 1, host.packed if sent_to is None else ip_address(sent_to).packed),
        chunk(7, struct.pack("!H", source[1])),
        chunk(8, struct.pack("!H", 5060)),
        chunk(9, struct.pack("!I", 1_795_370_404)),
        chunk(10, struct.pack("!I", 158_482)),
        chunk(11, bytes([protocol])),
        chunk(12, struct.pack("!I", 2021)),
        *([] if key is None else [chunk(14, key)]),
        chunk(15, payload),
    )
