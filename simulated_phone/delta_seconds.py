"""Seconds as headers and parameters write them."""

import re
from datetime import timedelta

_SECONDS = re.compile(r"\s*(\d{1,9})(?!\d)", re.ASCII)


def read_delta_seconds(text: str) -> timedelta | None:
    """The number that *text* begins with (``300``, ``3 (soon)``, RFC 3261 section 20.33); None where it has none."""
    match = _SECONDS.match(text)
    return timedelta(seconds=int(match[1])) if match else None
