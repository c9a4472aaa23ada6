"""Who vouches where the config system lists no phones: the PBX's own boot files, or a list that the operator keeps.

A phone that is named there is left alone; any other is a new one. That is dangerous to say, so whatever is odd about
the source (unreadable, empty, too old, one row that cannot be read) says nothing at all.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autoprov_phones.mac import MacAddress, MacSyntaxError

_MASTER_SUFFIX = ".cfg"
_NOBODY = "0" * 12
_MAC_COLUMNS = ("mac", "serial number", "serialnumber", "serial")
_CLOCK_SKEW = timedelta(minutes=1)
_LINE_COLUMNS = ("lines", "line", "user", "user name")


class NotVouched(Exception):
    """The source cannot be relied on now; the text says why. A person must look."""


@dataclass(frozen=True, slots=True)
class KnownPhonesSettings:
    """*tftproot* is the live directory into which sipXconfig writes phones' files, never a copy.

    *phone_list* is a CSV, whose file must not be older than *list_max_age*. What is None is not asked; where both are
    given, both have to be in order, and a phone is known that either names.
    """

    tftproot: Path | None
    phone_list: Path | None
    list_max_age: timedelta


def read_known_phones(settings: KnownPhonesSettings, *, now: datetime) -> frozenset[MacAddress]:
    """The phones that must be left alone.

    Raises:
        NotVouched: nobody can say.
    """
    known: set[MacAddress] = set()
    if settings.tftproot is not None:
        known |= _read_tftproot(settings.tftproot)
    if settings.phone_list is not None:
        known |= _read_list(settings.phone_list, max_age=settings.list_max_age, now=now)
    if not known:
        raise NotVouched("no phone with a line is named")
    return frozenset(known)


def _read_tftproot(directory: Path) -> set[MacAddress]:
    """Phones that have a master file of their own: sipXconfig wrote it, with a line or without."""
    try:
        names = [path.name for path in directory.iterdir()]
    except OSError as error:
        raise NotVouched(f"{directory}: {error.strerror}") from error
    known: set[MacAddress] = set()
    for name in names:
        stem = name.lower().removesuffix(_MASTER_SUFFIX)
        if stem == name.lower() or stem == _NOBODY:
            continue
        try:
            known.add(MacAddress(stem))
        except MacSyntaxError:
            continue
    if not known:
        raise NotVouched(f"{directory}: no phone has a file there; is it sipXconfig's tftproot, and mounted?")
    return known


def _read_list(file: Path, *, max_age: timedelta, now: datetime) -> set[MacAddress]:
    try:
        written_at = datetime.fromtimestamp(file.stat().st_mtime, now.tzinfo)
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotVouched(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NotVouched(f"{file}: is not UTF-8 text") from error
    if written_at > now + _CLOCK_SKEW:
        raise NotVouched(f"{file}: is from the future; check the clocks")
    if now - written_at > max_age:
        hours = (now - written_at) // timedelta(hours=1)
        raise NotVouched(f"{file}: was written {hours} hours ago, write it anew")
    try:
        rows = [[field.strip() for field in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except csv.Error as error:
        raise NotVouched(f"{file}: is not CSV: {error}") from error
    return _known_of(file, [row for row in rows if any(row)])


def _known_of(file: Path, rows: Sequence[Sequence[str]]) -> set[MacAddress]:
    """All that are named, but for those that a column of lines says have none."""
    header = [name.lower().replace("_", " ") for name in rows[0]] if rows else []
    mac_at = next((header.index(name) for name in _MAC_COLUMNS if name in header), None)
    if mac_at is None:
        raise NotVouched(f"{file}: its first line names no column mac")
    line_at = next((header.index(name) for name in _LINE_COLUMNS if name in header), None)
    if len(rows) < 2:
        raise NotVouched(f"{file}: names no phone")
    known: set[MacAddress] = set()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise NotVouched(f"{file}: row {number} has {len(row)} fields, the first has {len(header)}")
        try:
            mac = MacAddress.parse(row[mac_at])
        except MacSyntaxError as error:
            raise NotVouched(f"{file}: row {number}: {error}") from error
        if line_at is None or row[line_at]:
            known.add(mac)
    return known
