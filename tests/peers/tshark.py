"""Wireshark's SIP dissector as a reader of what we sent."""

import struct
import subprocess
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path

from tests.peers.installed import installed

_PCAP_MAGIC, _LINK_TYPE_RAW_IP = 0xA1B2C3D4, 101
_SIP_PORT = 5060
_SOURCE, _DESTINATION = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.31")
_WARNING = 0x00600000


def write_capture(path: Path, datagrams: Sequence[bytes]) -> None:
    """A pcap file in which these were sent over UDP, from SIP's port to SIP's port."""
    packets = [_packet(datagram) for datagram in datagrams]
    records = [struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet for packet in packets]
    path.write_bytes(struct.pack("<IHHiIII", _PCAP_MAGIC, 2, 4, 0, 0, 65_535, _LINK_TYPE_RAW_IP) + b"".join(records))


def complaints(path: Path) -> dict[int, str]:
    """What the dissector has to say against packets, by their numbers from 1."""
    lines = _run(path, f"_ws.malformed || _ws.expert.severity >= {_WARNING}", "frame.number", "_ws.expert.message")
    return {int(number): message for number, _, message in (line.partition("\t") for line in lines)}


def packets_of_sip(path: Path) -> list[str]:
    """The numbers of the packets in which the dissector saw a SIP message."""
    return _run(path, "sip.Status-Line || sip.Request-Line", "frame.number")


def _run(path: Path, display_filter: str, *fields: str) -> list[str]:
    command = [installed("tshark"), "-n", "-r", str(path), "-o", "udp.check_checksum:FALSE", "-Y", display_filter]
    command += ["-T", "fields", *(part for field in fields for part in ("-e", field))]
    done = subprocess.run(command, capture_output=True, timeout=100, check=True)
    return done.stdout.decode("utf-8", "replace").splitlines()


def _packet(datagram: bytes) -> bytes:
    """IPv4 and UDP around it, without checksums."""
    udp = struct.pack("!HHHH", _SIP_PORT, _SIP_PORT, 8 + len(datagram), 0) + datagram
    addresses = _SOURCE.packed + _DESTINATION.packed
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp
