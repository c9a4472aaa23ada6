"""One phone's file in the spool: what the worker knows and the phone-facing path needs.

The form is read by a CGI at every request, so it is lines and bytes, not JSON:

    autoprov-spool 1
    state assigned
    generation 0
    file 0004f2abcdef.cfg 312
    <312 bytes>
"""

from dataclasses import dataclass, field
from enum import Enum

from autoprov_phones.mac import MacAddress

_MAGIC = b"autoprov-spool 1"
MAX_BYTES = 1_000_000
"""A spool file above this is not ours."""


class SpoolSyntaxError(ValueError):
    """The bytes are not a spool entry: damaged, cut short, or of a later version."""


class PhoneState(Enum):
    """What the config system says of a MAC."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """*files* are the finished files of an assigned phone, by name, where we serve them."""

    state: PhoneState
    generation: int = 0
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def to_bytes(self) -> bytes:
        """The file's content; ``from_bytes`` reads it back."""
        parts = [_MAGIC, f"state {self.state.value}".encode(), f"generation {self.generation}".encode()]
        for name, content in sorted(self.files.items()):
            parts += [f"file {name} {len(content)}".encode(), content]
        return b"\n".join(parts) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "SpoolEntry":
        """Read a spool file.

        Raises:
            SpoolSyntaxError: the only exception, whatever *data* holds.
        """
        magic, state, generation, rest = (*data.split(b"\n", 3), b"", b"", b"")[:4]
        if magic != _MAGIC:
            raise SpoolSyntaxError(f"does not begin with {_MAGIC.decode()!r}")
        try:
            entry_state = PhoneState(_value(state, b"state"))
            return cls(entry_state, int(_value(generation, b"generation")), _files(rest))
        except ValueError as error:
            raise SpoolSyntaxError(str(error)) from error


def spool_file_name(mac: MacAddress) -> str:
    """The entry's name in the spool directory."""
    return f"{mac.hex}.phone"


SNAPSHOT_FILE_NAME = "snapshot"
"""Holds the time of the last complete snapshot, Unix seconds in decimal; written after all entries of it."""


def _value(line: bytes, keyword: bytes) -> str:
    word, _, value = line.partition(b" ")
    if word != keyword or not value:
        raise SpoolSyntaxError(f"expected '{keyword.decode()} ...'")
    return value.decode("ascii")


def _files(rest: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    while rest:
        header, newline, rest = rest.partition(b"\n")
        name, _, length = _value(header, b"file").partition(" ")
        size = int(length)
        if not newline or size < 0 or rest[size : size + 1] != b"\n":
            raise SpoolSyntaxError(f"file {name!r} is cut short")
        files[name] = rest[:size]
        rest = rest[size + 1 :]
    return files
