"""The inventory: phones, their lines, and users, in one SQLite file. Many threads, and other processes, may use it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError, IntegrityError

from sipxconfig_server.errors import InventoryUnusable
from sipxconfig_server.group_store import GroupStore
from sipxconfig_server.records import ExternalAccount, PhoneRecord, StoredLine, StoredPhone, User
from sipxconfig_server.rows import lines_query, owner_columns, phone_columns, stored_line, stored_phones
from sipxconfig_server.schema import line, open_engine, phone, user

_CHUNK: Final = 200
"""Phones read at once for a list of all: some 160 kB of JSON."""


class RecordRefused(Exception):
    """The database refused a record: the serial number is taken, a text is too long, what it refers to is gone."""


class UserHasLine(Exception):
    """The user's line is on a phone."""


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
        self.groups = GroupStore(self._reading, self._writing)

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

    def users(self) -> list[User]:
        """All users, by their names."""
        with self._reading.begin() as connection:
            rows = connection.execute(select(user).order_by(user.c.user_name)).all()
        return [User(row.user_name, row.display_name, row.sip_password) for row in rows]

    def serials_by_user(self) -> dict[str, list[str]]:
        """The serial numbers of the phones that have a user's line, by that user's name, by ascending id."""
        query = select(line.c.user_name, phone.c.serial_number).join(phone, line.c.phone_id == phone.c.id)
        query = query.where(line.c.user_name.is_not(None)).distinct().order_by(phone.c.id)
        found: dict[str, list[str]] = {}
        with self._reading.begin() as connection:
            for user_name, serial_number in connection.execute(query):
                found.setdefault(user_name, []).append(serial_number)
        return found

    def remove_user(self, user_name: str, *, with_lines: bool) -> bool:
        """Remove somebody, and their lines only *with_lines*; False where there is no such user.

        Raises:
            UserHasLine: a phone has their line; nothing was removed.
            InventoryUnusable: the file cannot be written now.
        """
        lines = select(func.count()).select_from(line).where(line.c.user_name == user_name)
        try:
            with self._writing.begin() as connection:
                if not with_lines and connection.execute(lines).scalar_one():
                    raise UserHasLine
                return connection.execute(delete(user).where(user.c.user_name == user_name)).rowcount > 0
        except DBAPIError as error:
            raise InventoryUnusable(f"{self._path}: cannot be written: {error.orig}") from error

    def phone(self, phone_id: int) -> StoredPhone | None:
        """The phone with this id."""
        return self._one_phone(select(phone).where(phone.c.id == phone_id))

    def phone_with_serial(self, serial_number: str) -> StoredPhone | None:
        """The phone with exactly this serial number."""
        return self._one_phone(select(phone).where(phone.c.serial_number == serial_number))

    def phones(self, *, start: int = 0, limit: int | None = None, unassigned: bool = False) -> list[StoredPhone]:
        """Rows *start* to *start* + *limit* - 1 (all, without a limit) by ascending id; *unassigned*: without lines."""
        page = _phones(unassigned=unassigned).offset(start).limit(limit)
        with self._reading.begin() as connection:
            return stored_phones(connection, connection.execute(page).all())

    def every_phone(self, *, unassigned: bool = False) -> Iterator[StoredPhone]:
        """All phones by ascending id, read as they are asked for, so that a list of any length needs little memory.

        Each is shown as it stood when it was read; one that is there all the while is shown exactly once. No
        transaction stays open for a slow reader.
        """
        following = _phones(unassigned=unassigned).limit(_CHUNK)
        last_id = -1
        while True:
            with self._reading.begin() as connection:
                rows = connection.execute(following.where(phone.c.id > last_id)).all()
                chunk = stored_phones(connection, rows)
            yield from chunk
            if len(chunk) < _CHUNK:
                return
            last_id = chunk[-1].id

    def phones_with_line(self, text: str) -> list[StoredPhone]:
        """Phones with a user's line whose name has *text* in it, then those with such an account elsewhere."""
        with self._reading.begin() as connection:
            return [
                found
                for column in (line.c.user_name, line.c.external_user_id)
                for found in stored_phones(connection, connection.execute(_phones_with(column, text)).all())
            ]

    def add_phone(self, record: PhoneRecord) -> int:
        """The id of the new phone.

        Raises:
            RecordRefused: also for a serial number that another thread added just now.
        """
        try:
            with self._writing.begin() as connection:
                new = insert(phone).values(**phone_columns(record)).returning(phone.c.id)
                new_id: int = connection.execute(new).scalar_one()
                return new_id
        except IntegrityError as error:
            self._skip_an_id()
            raise RecordRefused(str(error.orig)) from error

    def replace_phone(self, phone_id: int, record: PhoneRecord) -> None:
        """Write all of the record; nothing where the phone is gone.

        Raises:
            RecordRefused: as for ``add_phone``.
        """
        try:
            with self._writing.begin() as connection:
                connection.execute(update(phone).where(phone.c.id == phone_id).values(**phone_columns(record)))
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
                new = insert(line).values(phone_id=phone_id, **owner_columns(owner)).returning(line.c.id)
                new_id: int = connection.execute(new).scalar_one()
                return new_id
        except IntegrityError as error:
            raise RecordRefused(str(error.orig)) from error

    def line(self, line_id: int) -> StoredLine | None:
        """The line with this id, of whatever phone."""
        with self._reading.begin() as connection:
            row = connection.execute(lines_query().where(line.c.id == line_id)).one_or_none()
        return None if row is None else stored_line(row)

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
            phones = stored_phones(connection, connection.execute(query).all())
        return phones[0] if phones else None

    def _skip_an_id(self) -> None:
        """As sipXconfig's sequence, whose number is gone even where the insert that drew it failed."""
        with self._writing.begin() as connection:
            connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = ?", (phone.name,))


def _phones(*, unassigned: bool) -> Select[Any]:
    query = select(phone).order_by(phone.c.id)
    return query.where(~exists().where(line.c.phone_id == phone.c.id)) if unassigned else query


def _phones_with(column: ColumnElement[Any], text: str) -> Select[Any]:
    with_text = select(line.c.phone_id).where(func.instr(column, text) > 0)
    return select(phone).where(phone.c.id.in_(with_text)).order_by(phone.c.id)
