"""Wireshark's SIP dissector as a reader of what we sent."""

import struct
import subprocess
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address
from pathlib import Path

from tests.peers.installed import installed
from tests.peers.relay import Conversation

_PCAP_MAGIC, _LINK_TYPE_RAW_IP = 0xA1B2C3D4, 101
SIP_PORT, SIPS_PORT = 5060, 5061
_FIRST_CLIENT_PORT = 20_000
_SYN, _SYN_ACK, _PSH_ACK = 0x02, 0x12, 0x18
_SOURCE, _DESTINATION = IPv4Address("192.0.2.1"), IPv4Address("192.0.2.31")
_WARNING = 0x00600000


def write_capture(path: Path, datagrams: Sequence[bytes]) -> None:
    """A pcap file in which these were sent over UDP, from SIP's port to SIP's port."""
    _write_packets(path, [_packet(datagram) for datagram in datagrams])


def write_stream_capture(path: Path, conversations: Sequence[Conversation], *, is_tls: bool = False) -> None:
    """A pcap file of these connections to a registrar's port, each from its handshake on."""
    port = SIPS_PORT if is_tls else SIP_PORT
    packets = list[bytes]()
    for number, conversation in enumerate(conversations):
        packets += _segments(conversation, registrar_port=port, phone_port=_FIRST_CLIENT_PORT + number)
    _write_packets(path, packets)


def complaints(path: Path, *, by_port: int | None = None, key_log: Path | None = None) -> dict[int, str]:
    """What the dissector has to say against packets (sent from TCP port *by_port*), by their numbers from 1.

    TLS is read by its *key_log*.
    """
    found = f"(_ws.malformed || _ws.expert.severity >= {_WARNING})"
    found += "" if by_port is None else f" && tcp.srcport == {by_port}"
    lines = _run(path, found, "frame.number", "_ws.expert.message", key_log=key_log)
    return {int(number): message for number, _, message in (line.partition("\t") for line in lines)}


def start_lines(path: Path, *, by_port: int, key_log: Path | None = None) -> list[str]:
    """The start lines of all SIP messages that came from this port, as the dissector read them."""
    lines = _run(path, f"sip && tcp.srcport == {by_port}", "sip.Status-Line", "sip.Request-Line", key_log=key_log)
    return [part for line in lines for field in line.split("\t") for part in field.split("|") if part]


def packets_of_sip(path: Path) -> list[str]:
    """The numbers of the packets in which the dissector saw a SIP message."""
    return _run(path, "sip.Status-Line || sip.Request-Line", "frame.number")


def _run(path: Path, display_filter: str, *fields: str, key_log: Path | None = None) -> list[str]:
    command = [installed("tshark"), "-n", "-r", str(path), "-o", "udp.check_checksum:FALSE", "-Y", display_filter]
    command += [] if key_log is None else ["-o", f"tls.keylog_file:{key_log}"]
    command += ["-T", "fields", "-E", "aggregator=|", *(part for field in fields for part in ("-e", field))]
    done = subprocess.run(command, capture_output=True, timeout=100, check=True)
    return done.stdout.decode("utf-8", "replace").splitlines()


def _write_packets(path: Path, packets: Sequence[bytes]) -> None:
    records = [struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet for packet in packets]
    path.write_bytes(struct.pack("<IHHiIII", _PCAP_MAGIC, 2, 4, 0, 0, 65_535, _LINK_TYPE_RAW_IP) + b"".join(records))


def _segments(conversation: Conversation, *, registrar_port: int, phone_port: int) -> Iterator[bytes]:
    """The packets of one connection; False stands for the phone, True for the registrar."""
    ports = {False: phone_port, True: registrar_port}
    sent = {False: 0, True: 0}

    def segment(by_registrar: bool, flags: int, data: bytes = b"") -> bytes:
        other = not by_registrar
        numbers = sent[by_registrar], sent[other]
        sent[by_registrar] += len(data) or 1
        header = struct.pack("!HHIIBBHHH", ports[by_registrar], ports[other], *numbers, 0x50, flags, 65_535, 0, 0)
        return _ip(header + data, protocol=6, by_registrar=by_registrar)

    yield segment(False, _SYN)
    yield segment(True, _SYN_ACK)
    for by_registrar, data in conversation.chunks:
        # A segment that begins with the answer to a keep-alive is nothing else to the dissector.
        message = data.lstrip(b"\r\n")
        for part in (data.removesuffix(message), message):
            if part:
                yield segment(by_registrar, _PSH_ACK, part)


def _packet(datagram: bytes) -> bytes:
    """IPv4 and UDP around it, without checksums."""
    udp = struct.pack("!HHHH", SIP_PORT, SIP_PORT, 8 + len(datagram), 0) + datagram
    return _ip(udp, protocol=17, by_registrar=True)


def _ip(payload: bytes, *, protocol: int, by_registrar: bool) -> bytes:
    ends = (_SOURCE, _DESTINATION) if by_registrar else (_DESTINATION, _SOURCE)
    addresses = b"".join(end.packed for end in ends)
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0) + addresses + payload
