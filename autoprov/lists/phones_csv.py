"""Phones as CSV: what ``autoprov phones --csv`` writes, ``autoprov phones import`` reads. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress, MacSyntaxError
from sipxconfig_client.values import Phone

COLUMNS = ("mac", "model", "version", "description", "lines", "unique_id", "address", "firmware")
"""The last three are for the reader: an import passes over them."""
_NEEDED = ("mac", "model")
DELIMITERS = ",;\t"
"""What spreadsheets write between the fields, each in its own country."""


class CsvUnreadable(ValueError):
    """The file as a whole is no such CSV; its text says why."""


@dataclass(frozen=True, slots=True)
class CsvPhone:
    """A row to be imported. *version* ``""`` is the model's default; *users* are those whose lines the phone gets."""

    row: int
    mac: MacAddress
    model_id: str
    version: str
    description: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """Why a row cannot be imported; *row* is its line in the file, from 1."""

    row: int
    reason: str


def write_csv(phones: Iterable[Phone]) -> str:
    """The phones with a header, one a row but for line breaks in Descriptions, which are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for phone in phones:
        said = parse_description(phone.description)
        ours = (said.unique_id.text, said.contact_host, said.firmware) if said else ("", "", "")
        lines = " ".join(line.user or line.user_id for line in phone.lines)
        writer.writerow(
            (phone.serial_number, phone.model_id, phone.version or "", phone.description, lines, *ours),
        )
    return out.getvalue()


def read_csv(content: bytes) -> tuple[list[CsvPhone], list[BadRow]]:
    """The rows that can be read, and those that cannot; a MAC that stands twice is bad the second time.

    Raises:
        CsvUnreadable: no header with these columns, or no CSV in UTF-8 at all.
    """
    reader = _reader(content)
    good: list[CsvPhone] = []
    bad: list[BadRow] = []
    first: dict[MacAddress, int] = {}
    try:
        for fields in reader:
            found = _read_row(reader.line_num, fields)
            if isinstance(found, CsvPhone) and found.mac in first:
                found = BadRow(found.row, f"{found.mac} stands in line {first[found.mac]} already")
            if isinstance(found, BadRow):
                bad.append(found)
            else:
                first[found.mac] = found.row
                good.append(found)
    except csv.Error as error:
        raise CsvUnreadable(f"line {reader.line_num}: {error}") from error
    return good, bad


def delimiter_of(text: str) -> str:
    """What stands most often in the first line, which names the columns."""
    return max(DELIMITERS, key=text.partition("\n")[0].count)


def _reader(content: bytes) -> "csv.DictReader[str]":
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsvUnreadable(f"is not UTF-8 text, see byte {error.start}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        names: Sequence[str] = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise CsvUnreadable(f"its first line cannot be read: {error}") from error
    for name in _NEEDED:
        if name not in names:
            raise CsvUnreadable(f"its first line names no column {name!r}; the columns are {', '.join(COLUMNS)}")
    if strange := [name for name in names if name not in COLUMNS]:
        raise CsvUnreadable(f"its first line names {strange[0]!r}; the columns are {', '.join(COLUMNS)}")
    if len(set(names)) < len(names):
        raise CsvUnreadable("its first line names a column twice")
    reader.fieldnames = names
    return reader


def _read_row(row: int, fields: Mapping[str | None, str | list[str] | None]) -> CsvPhone | BadRow:
    if None in fields:
        return BadRow(row, "has more fields than the first line names")
    texts = {name: value.strip() for name, value in fields.items() if name is not None and isinstance(value, str)}
    if len(texts) < len(fields):
        return BadRow(row, "has fewer fields than the first line names")
    try:
        mac = MacAddress.parse(texts["mac"])
    except MacSyntaxError:
        return BadRow(row, f"{texts['mac'][:40]!r} is not a MAC address")
    if not texts["model"]:
        return BadRow(row, "names no model")
    description = texts.get("description", "")
    users = tuple(texts.get("lines", "").split())
    return CsvPhone(row, mac, texts["model"], texts.get("version", ""), description, users)
