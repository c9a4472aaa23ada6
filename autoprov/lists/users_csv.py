"""Users of a PBX as a table: FreePBX's Bulk Handler, Kamailio's ``subscriber``, or plain columns. Pure.

FreePBX (Admin, Bulk Handler, Export, Extensions) writes what its modules know of an extension side by side: of ``core``
first the user (``extension``, ``password``, ``name``, ``voicemail`` ...), then the device (``id``, ``tech``, ``dial``,
``user``, ``description``, and by name each setting of its driver, among them ``secret``), then voicemail, follow-me and
others. The SIP password is ``secret``; ``password`` is for logging in to a device, and empty as a rule. What a module
still knows of an extension that core has deleted makes a row without ``extension``. FreePBX core, Core.class.php,
``bulkhandlerExport``; bulkhandler, Bulkhandler.class.php, ``export``.

Kamailio's table has ``username``, ``domain``, ``password``, ``ha1`` and ``ha1b``.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autoprov.lists.pbx_user import PbxUser, reason_against
from autoprov.lists.phones_csv import BadRow, CsvUnreadable, delimiter_of

Row = Mapping[str, str]
"""The texts of a row by its columns' names in lower case."""

_USER = ("extension", "username", "user_name", "user")
_PASSWORD = ("secret", "sip_password", "password")
_NAME = ("display_name", "name", "description")
_SIP = ("sip", "pjsip")
_EXTENSION = "extension"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what."""

    user: str
    password: str
    name: str | None


def read_users(content: bytes, *, domain: str | None = None) -> tuple[list[PbxUser], list[BadRow]]:
    """The users of the CSV (comma, semicolon or tab), and the rows that give none; of another *domain*, neither.

    Raises:
        CsvUnreadable: no UTF-8 text, or no first line that names the columns.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsvUnreadable(f"is not UTF-8 text, see byte {error.start}") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), restkey="", strict=True)
    try:
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        columns = find_columns(reader.fieldnames)
        rows = [(reader.line_num, _texts(fields)) for fields in reader]
    except csv.Error as error:
        raise CsvUnreadable(f"after line {reader.line_num}: {error}") from error
    return judge_rows(rows, columns, domain=domain)


def find_columns(names: Sequence[str]) -> Columns:
    """Which of these columns say who it is.

    Raises:
        CsvUnreadable: none does.
    """
    user = next((name for name in _USER if name in names), None)
    password = next((name for name in _PASSWORD if name in names), None)
    if user is None or password is None:
        missing = "a user (" + ", ".join(_USER) + ")" if user is None else "a password (" + ", ".join(_PASSWORD) + ")"
        raise CsvUnreadable(f"its first line names no column for {missing}")
    return Columns(user, password, next((name for name in _NAME if name in names), None))


def judge_rows(
    rows: Iterable[tuple[int, Row]], columns: Columns, *, domain: str | None
) -> tuple[list[PbxUser], list[BadRow]]:
    """The users in *rows*, numbered from 1, and the rows that give none; who stands twice is bad the second time."""
    good: dict[str, PbxUser] = {}
    bad: list[BadRow] = []
    for number, row in rows:
        if domain is not None and row.get("domain", domain) != domain:
            continue
        if columns.user == _EXTENSION and not any(row.get(name) for name in (_EXTENSION, columns.password, "tech")):
            continue  # another module's memory of an extension that is no more
        user = _user(number, row, columns)
        reason = _reason_against(row, user)
        if not reason and user.user_name in good:
            reason = f"{user.user_name} stands in line {good[user.user_name].row} already{_of_domain(row)}"
        if reason:
            bad.append(BadRow(number, reason))
        else:
            good[user.user_name] = user
    return list(good.values()), bad


def _user(number: int, row: Row, columns: Columns) -> PbxUser:
    name = row.get(columns.user, "")
    display_name = row.get(columns.name, "") if columns.name else ""
    return PbxUser(number, name, display_name or name, row.get(columns.password, ""))


def _reason_against(row: Row, user: PbxUser) -> str:
    tech = row.get("tech", "").lower()
    if tech and tech not in _SIP:
        return f"{user.user_name[:40]!r}: is a {tech[:20]!r} extension, which has no SIP account"
    if not user.sip_password and row.get("ha1"):
        return f"{user.user_name}: has only a hash (ha1) of its password; a phone needs the password itself"
    return reason_against(user)


def _of_domain(row: Row) -> str:
    return f", of {row['domain']} now: say --domain" if row.get("domain") else ""


def _texts(fields: Mapping[str, str | list[str] | None]) -> Row:
    """Without what stands beyond the named columns; a password keeps its blanks."""
    return {name: value.strip("\r\n") for name, value in fields.items() if name and isinstance(value, str)}
