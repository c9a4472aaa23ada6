"""SRV records (RFC 2782), which Python's library does not look up. Edge: UDP to a name server."""

import secrets
import socket
import struct
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from registrar_plugin.sip.via import Address

_RESOLV_CONF = Path("/etc/resolv.conf")
_DNS_PORT = 53
_TIMEOUT = timedelta(seconds=2)
_LARGEST_DATAGRAM = 65_535
_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_SRV = struct.Struct("!HHH")
_QUERY, _RECURSION_DESIRED, _CODE = 0x8000, 0x0100, 0x000F
_NO_ERROR, _NO_SUCH_NAME = 0, 3
_TYPE_SRV, _CLASS_IN = 33, 1
_POINTER = 0xC0
_MOST_LABELS = 128


class SrvRecord(NamedTuple):
    """A host that serves; the lowest *priority* is asked first, of those alike the highest *weight* most often.

    *target* is ``""`` where the domain says that nobody serves.
    """

    priority: int
    weight: int
    port: int
    target: str


class NoDnsAnswer(Exception):
    """No name server said whether there are records; the text says which was asked for what."""


def srv_records(name: str, *, name_servers: Sequence[Address]) -> list[SrvRecord]:
    """Those of *name*, in the order of their priority; none where there are none.

    Raises:
        NoDnsAnswer: as it says.
    """
    for server in name_servers:
        try:
            return sorted(_asked(name, server), key=lambda record: (record.priority, -record.weight))
        except (OSError, ValueError, struct.error, IndexError):  # no answer, or none that can be read
            continue
    asked = ", ".join(host for host, _ in name_servers) or "no name server is known"
    raise NoDnsAnswer(f"DNS does not say whether there is {name} ({asked})")


def system_name_servers() -> list[Address]:
    """Those that this machine asks."""
    try:
        lines = _RESOLV_CONF.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    words = [line.split() for line in lines]
    return [(word[1], _DNS_PORT) for word in words if len(word) > 1 and word[0] == "nameserver"]


def _asked(name: str, server: Address) -> list[SrvRecord]:
    key = secrets.randbits(16)
    labels = b"".join(bytes([len(label)]) + label for label in name.encode("idna").split(b"."))
    question = labels + b"\0" + struct.pack("!HH", _TYPE_SRV, _CLASS_IN)
    with socket.socket(socket.AF_INET6 if ":" in server[0] else socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.settimeout(_TIMEOUT.total_seconds())
        ours.connect(server)
        ours.send(_HEADER.pack(key, _RECURSION_DESIRED, 1, 0, 0, 0) + question)
        return _read(ours.recv(_LARGEST_DATAGRAM), key)


def _read(answer: bytes, key: int) -> list[SrvRecord]:
    """The records of an answer.

    Raises:
        ValueError, struct.error, IndexError: it is none, or none to this question.
    """
    told, flags, questions, answers, _, _ = _HEADER.unpack_from(answer)
    if told != key or not flags & _QUERY or flags & _CODE not in (_NO_ERROR, _NO_SUCH_NAME):
        raise ValueError("no answer to the question")
    position = _HEADER.size
    for _ in range(questions):
        position = _name(answer, position)[1] + 4
    records: list[SrvRecord] = []
    for _ in range(answers):
        position = _name(answer, position)[1]
        kind, _, _, length = _RECORD.unpack_from(answer, position)
        position += _RECORD.size
        if kind == _TYPE_SRV:
            priority, weight, port = _SRV.unpack_from(answer, position)
            records.append(SrvRecord(priority, weight, port, _name(answer, position + _SRV.size)[0]))
        position += length
    return records


def _name(message: bytes, position: int) -> tuple[str, int]:
    """The name there, and where it ends; a pointer leads to the rest of it (RFC 1035 §4.1.4)."""
    labels: list[str] = []
    end = 0
    for _ in range(_MOST_LABELS):
        length = message[position]
        if length & _POINTER == _POINTER:
            end = end or position + 2
            position = (length & ~_POINTER) << 8 | message[position + 1]
        elif length:
            labels.append(message[position + 1 : position + 1 + length].decode("ascii"))
            position += 1 + length
        else:
            return ".".join(labels), end or position + 1
    raise ValueError("a name without an end")
