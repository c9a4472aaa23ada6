"""One phone's file in the spool: what the worker knows and the phone-facing path needs (``record`` has its form)."""

from __future__ import annotations

from autoprov_phones.phone_tag import MAX_GENERATION
from autoprov_phones.record import MAX_BYTES, RecordSyntaxError, is_record_name, read_number, read_record, write_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

__all__ = ["MAX_BYTES", "SNAPSHOT_FILE_NAME", "PhoneState", "SpoolEntry", "SpoolSyntaxError", "spool_file_name"]

_MAGIC = b"autoprov-spool 1"


class SpoolSyntaxError(ValueError):
    """The bytes are not a spool entry: damaged, cut short, or of a later version."""


class PhoneState:
    """What the config system says of a MAC."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"


class SpoolEntry:
    """*files* are the finished files of an assigned phone, by name, where we serve them.

    A name has letters, digits, ``.``, ``_`` and ``-`` alone: it can be no path. *state* is one of ``PhoneState``'s.

    Raises:
        SpoolSyntaxError: values that the form cannot carry.
    """

    __slots__ = ("files", "generation", "state")

    def __init__(self, state: str, generation: int = 0, files: dict[str, bytes] | None = None) -> None:
        if state not in (PhoneState.UNASSIGNED, PhoneState.ASSIGNED):
            raise SpoolSyntaxError(f"unknown state {state[:40]!r}")
        if not 0 <= generation <= MAX_GENERATION:
            raise SpoolSyntaxError(f"generation {generation} is not between 0 and {MAX_GENERATION}")
        self.state = state
        self.generation = generation
        self.files: dict[str, bytes] = files or {}
        for name in self.files:
            if not is_record_name(name):
                raise SpoolSyntaxError(f"not a file name: {name[:40]!r}")

    @property
    def is_assigned(self) -> bool:
        """Whether the phone has a line."""
        return self.state == PhoneState.ASSIGNED

    def to_bytes(self) -> bytes:
        """The file's content; ``from_bytes`` reads it back.

        Raises:
            SpoolSyntaxError: more than ``MAX_BYTES``, which nobody would read.
        """
        try:
            return write_record(_MAGIC, {"state": self.state, "generation": str(self.generation)}, self.files)
        except RecordSyntaxError as error:
            raise SpoolSyntaxError(str(error)) from error

    @classmethod
    def from_bytes(cls, data: bytes) -> SpoolEntry:
        """Read a spool file.

        Raises:
            SpoolSyntaxError: the only exception, whatever *data* holds.
        """
        try:
            fields, files = read_record(_MAGIC, data)
            if list(fields) != ["state", "generation"]:
                raise SpoolSyntaxError("is cut short, or has fields of a later version")
            return cls(fields["state"], read_number(fields["generation"]), files)
        except RecordSyntaxError as error:
            raise SpoolSyntaxError(str(error)) from error

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SpoolEntry):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((self.state, self.generation))

    def __repr__(self) -> str:
        return f"SpoolEntry({self.state!r}, {self.generation}, files={sorted(self.files)})"

    def _values(self) -> tuple[str, int, dict[str, bytes]]:
        return self.state, self.generation, self.files


def spool_file_name(mac: MacAddress) -> str:
    """The entry's name in the spool directory."""
    return f"{mac.hex}.phone"


SNAPSHOT_FILE_NAME = "snapshot"
"""Holds the time of the last complete snapshot, Unix seconds in decimal; written after all entries of it."""
