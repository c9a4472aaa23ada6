"""The form of our small files that a CGI reads at every request: lines and bytes, cheaper than JSON.

    autoprov-spool 1
    state assigned
    generation 0
    file 0004f2abcdef.cfg 312
    <312 bytes>

The first line says what it is, and its version; then fields, one line each; then files, each followed by a line break.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 4_000_000
"""A file above this is not ours."""
MAX_NAME_LENGTH = 255
_NAME_SYMBOLS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-")
_FILE = "file"


class RecordSyntaxError(ValueError):
    """The bytes are no such record: damaged, cut short, or of a later version; or values that the form cannot carry."""


def write_record(magic: bytes, fields: Mapping[str, str], files: Mapping[str, bytes]) -> bytes:
    """The record's bytes; ``read_record`` reads them back.

    Names of fields and files have letters, digits, ``.``, ``_`` and ``-`` alone, so that no file name can be a path; a
    field's value is one line of any text.

    Raises:
        RecordSyntaxError: a name or value that the form cannot carry, or more than ``MAX_BYTES``.
    """
    parts = [magic]
    for name, value in fields.items():
        if not is_record_name(name) or name == _FILE or "\n" in value:
            raise RecordSyntaxError(f"field {name[:40]!r} cannot be written on one line")
        parts.append(f"{name} {value}".encode())
    for name, content in sorted(files.items()):
        if not is_record_name(name):
            raise RecordSyntaxError(f"not a file name: {name[:40]!r}")
        parts += [f"{_FILE} {name} {len(content)}".encode(), content]
    data = b"\n".join(parts) + b"\n"
    if len(data) > MAX_BYTES:
        raise RecordSyntaxError(f"more than {MAX_BYTES} bytes")
    return data


def read_record(magic: bytes, data: bytes) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields and the files of a record that begins with *magic*.

    Raises:
        RecordSyntaxError: the only exception, whatever *data* holds.
    """
    if len(data) > MAX_BYTES:
        raise RecordSyntaxError(f"more than {MAX_BYTES} bytes")
    first, end, rest = data.partition(b"\n")
    if first != magic:
        raise RecordSyntaxError(f"does not begin with {magic.decode()!r}")
    if not end or not data.endswith(b"\n"):
        raise RecordSyntaxError("is cut short")
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    while rest:
        line, _, rest = rest.partition(b"\n")
        name, value = _field(line)
        if name != _FILE:
            if files or name in fields:
                raise RecordSyntaxError(f"field {name[:40]!r} stands twice, or after a file")
            fields[name] = value
            continue
        file_name, size = _file_header(value)
        if file_name in files or rest[size : size + 1] != b"\n":
            raise RecordSyntaxError(f"file {file_name[:40]!r} is cut short, or stands twice")
        files[file_name] = rest[:size]
        rest = rest[size + 1 :]
    return fields, files


def is_record_name(name: str) -> bool:
    """Whether *name* can name a field or a file."""
    return 0 < len(name) <= MAX_NAME_LENGTH and _NAME_SYMBOLS.issuperset(name)


def read_number(text: str) -> int:
    """A number of at most nine digits.

    Raises:
        RecordSyntaxError: anything else.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise RecordSyntaxError(f"not a number: {text[:40]!r}")
    return int(text)


def _field(line: bytes) -> tuple[str, str]:
    try:
        name, blank, value = line.decode().partition(" ")
    except UnicodeDecodeError as error:
        raise RecordSyntaxError("a field is not UTF-8") from error
    if not blank or not is_record_name(name):
        raise RecordSyntaxError(f"expected 'name value', not {line[:40]!r}")
    return name, value


def _file_header(value: str) -> tuple[str, int]:
    name, _, length = value.partition(" ")
    if not is_record_name(name):
        raise RecordSyntaxError(f"not a file name: {name[:40]!r}")
    return name, read_number(length)
