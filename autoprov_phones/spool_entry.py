"""One phone's file in the spool: what the worker knows and the phone-facing path needs.

The form is read by a CGI at every request, so it is lines and bytes, not JSON:

    autoprov-spool 1
    state assigned
    generation 0
    file 0004f2abcdef.cfg 312
    <312 bytes>
"""

import re
from dataclasses import dataclass, field
from enum import Enum

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import MAX_GENERATION

_MAGIC = b"autoprov-spool 1"
MAX_BYTES = 1_000_000
"""A spool file above this is not ours."""
_FILE_NAME = re.compile(r"[0-9A-Za-z._-]{1,255}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class SpoolSyntaxError(ValueError):
    """The bytes are not a spool entry: damaged, cut short, or of a later version."""


class PhoneState(Enum):
    """What the config system says of a MAC."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """*files* are the finished files of an assigned phone, by name, where we serve them.

    A name has letters, digits, ``.``, ``_`` and ``-`` alone: it can be no path.

    Raises:
        SpoolSyntaxError: values that the form cannot carry.
    """

    state: PhoneState
    generation: int = 0
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def __post_init__(self) -> None:
        if not 0 <= self.generation <= MAX_GENERATION:
            raise SpoolSyntaxError(f"generation {self.generation} is not between 0 and {MAX_GENERATION}")
        for name in self.files:
            if _FILE_NAME.fullmatch(name) is None:
                raise SpoolSyntaxError(f"not a file name: {name[:40]!r}")

    def to_bytes(self) -> bytes:
        """The file's content; ``from_bytes`` reads it back.

        Raises:
            SpoolSyntaxError: more than ``MAX_BYTES``, which nobody would read.
        """
        parts = [_MAGIC, f"state {self.state.value}".encode(), f"generation {self.generation}".encode()]
        for name, content in sorted(self.files.items()):
            parts += [f"file {name} {len(content)}".encode(), content]
        data = b"\n".join(parts) + b"\n"
        if len(data) > MAX_BYTES:
            raise SpoolSyntaxError(f"more than {MAX_BYTES} bytes")
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> "SpoolEntry":
        """Read a spool file.

        Raises:
            SpoolSyntaxError: the only exception, whatever *data* holds.
        """
        if len(data) > MAX_BYTES:
            raise SpoolSyntaxError(f"more than {MAX_BYTES} bytes")
        magic, *lines = data.split(b"\n", 3)
        if magic != _MAGIC:
            raise SpoolSyntaxError(f"does not begin with {_MAGIC.decode()!r}")
        if len(lines) != 3:
            raise SpoolSyntaxError("is cut short")
        state, generation, files = lines
        return cls(_state(_value(state, "state")), _number(_value(generation, "generation")), _files(files))


def spool_file_name(mac: MacAddress) -> str:
    """The entry's name in the spool directory."""
    return f"{mac.hex}.phone"


SNAPSHOT_FILE_NAME = "snapshot"
"""Holds the time of the last complete snapshot, Unix seconds in decimal; written after all entries of it."""


def _value(line: bytes, keyword: str) -> str:
    word, _, value = line.partition(b" ")
    if word != keyword.encode() or not value.isascii():
        raise SpoolSyntaxError(f"expected '{keyword} ...'")
    return value.decode("ascii")


def _state(text: str) -> PhoneState:
    try:
        return PhoneState(text)
    except ValueError as error:
        raise SpoolSyntaxError(f"unknown state {text[:40]!r}") from error


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise SpoolSyntaxError(f"not a number: {text[:40]!r}")
    return int(text)


def _files(rest: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    while rest:
        header, _, rest = rest.partition(b"\n")
        name, _, length = _value(header, "file").partition(" ")
        size = _number(length)
        if rest[size : size + 1] != b"\n":
            raise SpoolSyntaxError(f"file {name[:40]!r} is cut short")
        files[name] = rest[:size]
        rest = rest[size + 1 :]
    return files
