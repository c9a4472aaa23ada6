"""What a request is answered, before it is written as bytes."""

from typing import NamedTuple


class Answer(NamedTuple):
    """A status with the header fields that belong to it; *reason* ``""`` is RFC 3261's own phrase."""

    status: int
    reason: str = ""
    fields: tuple[tuple[str, str], ...] = ()
