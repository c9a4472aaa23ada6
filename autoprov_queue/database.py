"""The queue's database: connections, transactions, and its failures in words."""

import logging
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from autoprov_queue.errors import QueueSchemaError, QueueUnavailable
from autoprov_queue.tables import SCHEMA_VERSION, metadata, schema

logger = logging.getLogger(__name__)

_READ_ONLY = "autoprov_read_only"

_SQLITE_CONDITIONS = {
    sqlite3.SQLITE_BUSY: "locked by another process for too long; see who holds it (fuser)",
    sqlite3.SQLITE_LOCKED: "locked by another connection for too long; see who holds it (fuser)",
    sqlite3.SQLITE_FULL: "the disk is full; make room, nothing else is needed",
    sqlite3.SQLITE_READONLY: "read-only; give this user the right to write to the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its directory is there and belongs to this user",
    sqlite3.SQLITE_PERM: "access denied; see that file and directory belong to this user",
    sqlite3.SQLITE_IOERR: "the disk fails or is full; see the kernel's log",
    sqlite3.SQLITE_CORRUPT: "damaged; stop the program, move the file away, start again: the phones fill it anew",
    sqlite3.SQLITE_NOTADB: "not a database; stop the program, move the file away, start again",
}


class Database:
    """An engine and its two kinds of transactions.

    A file that somebody moved away is made anew: what was open would go on writing into a file without a name.

    Raises:
        QueueUnavailable: the database cannot be made or opened.
        QueueSchemaError: a newer program made it.
        ValueError: *url* is not a database URL.
    """

    def __init__(self, url: str, *, busy_timeout: timedelta) -> None:
        parsed = make_url(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self.where = parsed.database or "" if self._is_sqlite else parsed.render_as_string(hide_password=True)
        self._file: tuple[int, int] | None = None
        if self._is_sqlite:
            self._engine = create_engine(parsed, connect_args={"timeout": busy_timeout.total_seconds()})
            _speak_sqlite(self._engine)
        else:
            self._engine = create_engine(parsed, pool_pre_ping=True)
            self._create_schema()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """One transaction, committed at the end of the block.

        Raises:
            QueueUnavailable: the condition of the database, not of the statement.
        """
        with self._explained():
            self._ensure_file()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One consistent look that waits for no writer.

        Raises:
            QueueUnavailable: as for ``writing``.
        """
        with self._explained():
            self._ensure_file()
            with self._engine.connect() as connection:
                yield connection.execution_options(**{_READ_ONLY: True})

    def open(self) -> None:
        """Make what is not there yet."""
        if self._is_sqlite:
            self._ensure_file()

    def _ensure_file(self) -> None:
        if not self._is_sqlite or (self._file is not None and _identity(self.where) == self._file):
            return
        with self._opening:
        self._engine.dispose()
        self._file = self._make_file()
        self._create_schema()

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            condition = _condition(error)
            if condition is None:
                raise
            raise QueueUnavailable(f"{self.where}: {condition}") from error


def _condition(error: DBAPIError | sqlite3.Error) -> str | None:
    """The database's condition in words; None where the statement, so the program, is wrong."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary code. Errors of the Python module itself carry none.
        code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE_CONDITIONS.get(code & 0xFF)
    if isinstance(error, OperationalError | InterfaceError):
        return f"the database server does not answer: {cause}"
    return None


def _speak_sqlite(engine: Engine) -> None:
    """Begin transactions ourselves: writers at once as writers, so that none fails half-way for a lock."""

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = NORMAL")

    def begun(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
