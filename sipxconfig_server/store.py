"""The inventory: phones, their lines, and users, in one SQLite file. Many threads, and other processes, may use it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError, IntegrityError

from sipxconfig_server.records import ExternalAccount, PhoneRecord, StoredLine, StoredPhone, User
from sipxconfig_server.schema import InventoryUnusable, line, open_engine, phone, user


class RecordRefused(Exception):
    """The database refused a record: the serial number is taken, a text is too long, what it refers to is gone."""


class NoRoomForLine(Exception):
    """The phone has as many lines as it can hold."""


class Inventory:
    """What the embedded config system knows.

    Where it says nothing else a method may raise ``sqlalchemy.exc.DBAPIError``: disk full, file locked for long, file
    broken.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file (0600).

        Raises:
            InventoryUnusable: the file is a newer version's or another program's.
            OSError: the file cannot be created.
        """
        self._path = path
        self._reading = open_engine(path)
        self._writing = self._reading.execution_options(begin_mode="IMMEDIATE")

    def close(self) -> None:
        """Close the file."""
        self._reading.dispose()

    def add_user(self, user_name: str, *, display_name: str, sip_password: str) -> None:
        """Add somebody whose line can be put on a phone, or replace what is known of them.

        Raises:
            InventoryUnusable: the file cannot be written now.
        """
        values = {"display_name": display_name, "sip_password": sip_password}
        statement = upsert(user).values(user_name=user_name, **values)
        statement = statement.on_conflict_do_update(index_elements=[user.c.user_name], set_=values)
        try:
            with self._writing.begin() as connection:
                connection.execute(statement)
        except DBAPIError as error:
            raise InventoryUnusable(f"{self._path}: cannot be written: {error.orig}") from error

    def user(self, user_name: str) -> User | None:
        """The user of this name."""
        with self._reading.begin() as connection:
            row = connection.execute(select(user).where(user.c.user_name == user_name)).one_or_none()
        return None if row is None else User(row.user_name, row.display_name, row.sip_password)

    def phone(self, phone_id: int) -> StoredPhone | None:
        """The phone with this id."""
        return self._one_phone(select(phone).where(phone.c.id == phone_id))

    def phone_with_serial(self, serial_number: str) -> StoredPhone | None:
        """The phone with exactly this serial number."""
        return self._one_phone(select(phone).where(phone.c.serial_number == serial_number))

    def phones(self, *, start: int = 0, limit: int | None = None) -> list[StoredPhone]:
        """Rows *start* to *start* + *limit* - 1 (all, without a limit) by ascending id."""
        page = select(phone).order_by(phone.c.id).offset(start).limit(limit)
        with self._reading.begin() as connection:
            return _with_lines(connection, connection.execute(page).all())

    def add_phone(self, record: PhoneRecord) -> int:
        """The id of the new phone.

        Raises:
            RecordRefused: also for a serial number that another thread added just now.
        """
        try:
            with self._writing.begin() as connection:
                new = insert(phone).values(**_columns(record)).returning(phone.c.id)
                new_id: int = connection.execute(new).scalar_one()
                return new_id
        except IntegrityError as error:
            raise RecordRefused(str(error.orig)) from error

    def replace_phone(self, phone_id: int, record: PhoneRecord) -> None:
        """Write all of the record; nothing where the phone is gone.

        Raises:
            RecordRefused: as for ``add_phone``.
        """
        try:
            with self._writing.begin() as connection:
                connection.execute(update(phone).where(phone.c.id == phone_id).values(**_columns(record)))
        except IntegrityError as error:
            raise RecordRefused(str(error.orig)) from error

    def delete_phone(self, phone_id: int) -> None:
        """Remove the phone and its lines."""
        with self._writing.begin() as connection:
            connection.execute(delete(phone).where(phone.c.id == phone_id))

    def add_line(self, phone_id: int, owner: User | ExternalAccount, *, max_lines: int) -> int:
        """The id of the new line, the phone's last.

        Raises:
            NoRoomForLine: the phone has *max_lines* already.
            RecordRefused: phone or user is gone.
        """
        try:
            with self._writing.begin() as connection:
                count = select(func.count()).select_from(line).where(line.c.phone_id == phone_id)
                if connection.execute(count).scalar_one() >= max_lines:
                    raise NoRoomForLine
                new = insert(line).values(phone_id=phone_id, **_owner_columns(owner)).returning(line.c.id)
                new_id: int = connection.execute(new).scalar_one()
                return new_id
        except IntegrityError as error:
            raise RecordRefused(str(error.orig)) from error

    def line(self, line_id: int) -> StoredLine | None:
        """The line with this id, of whatever phone."""
        with self._reading.begin() as connection:
            row = connection.execute(_lines().where(line.c.id == line_id)).one_or_none()
        return None if row is None else _stored_line(row)

    def delete_line(self, line_id: int) -> None:
        """Remove one line."""
        with self._writing.begin() as connection:
            connection.execute(delete(line).where(line.c.id == line_id))

    def delete_lines(self, phone_id: int) -> None:
        """Remove all lines of the phone: it is unassigned again."""
        with self._writing.begin() as connection:
            connection.execute(delete(line).where(line.c.phone_id == phone_id))

    def _one_phone(self, query: Select[Any]) -> StoredPhone | None:
        with self._reading.begin() as connection:
            phones = _with_lines(connection, connection.execute(query).all())
        return phones[0] if phones else None


def _with_lines(connection: Connection, rows: Sequence[Row[Any]]) -> list[StoredPhone]:
    """The phones of *rows*, which are by ascending id, with their lines: two queries for any number of phones."""
    if not rows:
        return []
    lines: dict[int, list[StoredLine]] = {}
    for found in connection.execute(_lines().where(line.c.phone_id.between(rows[0].id, rows[-1].id))):
        lines.setdefault(found.phone_id, []).append(_stored_line(found))
    return [_stored_phone(row, lines.get(row.id, ())) for row in rows]


def _lines() -> Select[Any]:
    return select(line, user).outerjoin(user, line.c.user_name == user.c.user_name).order_by(line.c.id)


def _stored_phone(row: Row[Any], lines: Iterable[StoredLine]) -> StoredPhone:
    record = PhoneRecord(row.serial_number, row.model_id, row.version, row.description)
    return StoredPhone(row.id, record, tuple(lines))


def _stored_line(row: Row[Any]) -> StoredLine:
    if row.user_name is not None:
        return StoredLine(row.id, User(row.user_name, row.display_name, row.sip_password))
    account = ExternalAccount(
        user_id=row.external_user_id,
        display_name=row.external_display_name,
        password=row.external_password,
        registration_server=row.external_server,
        registration_server_port=row.external_server_port,
    )
    return StoredLine(row.id, account)


def _columns(record: PhoneRecord) -> dict[str, str | None]:
    return {
        "serial_number": record.serial_number,
        "model_id": record.model_id,
        "version": record.version,
        "description": record.description,
    }


def _owner_columns(owner: User | ExternalAccount) -> dict[str, str | None]:
    if isinstance(owner, User):
        return {"user_name": owner.user_name}
    return {
        "external_user_id": owner.user_id,
        "external_display_name": owner.display_name,
        "external_password": owner.password,
        "external_server": owner.registration_server,
        "external_server_port": owner.registration_server_port,
    }
