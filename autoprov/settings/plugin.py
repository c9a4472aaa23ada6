"""The ``[plugin]`` table: a plug-in within another registrar tells us of registrations."""

from pathlib import Path

from autoprov.settings.reader import TableReader

_LONGEST_PATH = 85
"""Bytes: a Unix socket's address has 108 with its end, and for a moment it has a longer name."""


def read_plugin(table: TableReader, base: Path) -> Path | None:
    """The path of the socket; None where none is given: then nobody listens."""
    text = table.text("socket", "", meaning="a path")
    if not text:
        return None
    path = base / text
    if len(str(path).encode()) > _LONGEST_PATH:
        table.problems.append(f"[plugin] socket: longer than {_LONGEST_PATH} bytes, which a Unix socket cannot have")
    return path
