"""The queue's database: its file, its connections, its transactions."""

import logging
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from autoprov_queue.conditions import condition
from autoprov_queue.errors import QueueBroken, QueueSchemaError, QueueUnavailable
from autoprov_queue.tables import SCHEMA_VERSION, metadata, schema

logger = logging.getLogger(__name__)

_READ_ONLY = "autoprov_read_only"
_TELL_EVERY = timedelta(hours=1)
"""How often one reason is said again; the queue is asked each second."""


class Database:
    """An engine and its two kinds of transactions.

    An SQLite file that somebody moved away is made anew: open connections would go on writing into a file that has
    no name any more.

    Raises:
        QueueUnavailable: the database cannot be made or opened now.
        QueueSchemaError: a newer program made it.
    """

    def __init__(self, url: str, *, busy_timeout: timedelta) -> None:
        parsed = make_url(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self.where = parsed.database or "" if self._is_sqlite else parsed.render_as_string(hide_password=True)
        self._opening = Lock()
        self._file: tuple[int, int] | None = None
        self._told_until: dict[str, float] = {}
        if self._is_sqlite:
            self._engine = create_engine(parsed, connect_args={"timeout": busy_timeout.total_seconds()})
            _speak_sqlite(self._engine)
        else:
            self._engine = create_engine(parsed, pool_pre_ping=True)
        try:
            with self._explained():
                self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """One transaction, committed at the end of the block.

        Raises:
            QueueUnavailable: the condition of the database, ``QueueBroken`` where it does not pass by itself; an error
                of the statement stays as it is.
        """
        with self._reported(), self._explained():
            self._open_again_if_moved()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """One consistent look that waits for no writer.

        Raises:
            QueueUnavailable: as for ``writing``.
        """
        with self._reported(), self._explained():
            self._open_again_if_moved()
            with self._engine.connect() as connection:
                yield connection.execution_options(**{_READ_ONLY: True})

    def _open(self) -> None:
        if self._is_sqlite:
            made = _made_file(self.where)
            self._switch_to_wal()
            self._create_schema()
            self._file = made
        else:
            self._create_schema()

    def _open_again_if_moved(self) -> None:
        if not self._is_sqlite or _identity(self.where) == self._file:
            return
        with self._opening:
            if _identity(self.where) != self._file:
                logger.warning("queue file is not the one that was opened", extra={"file": self.where})
                self._engine.dispose()
                self._open()
                self._told_until.clear()

    def _switch_to_wal(self) -> None:
        # The mode stays in the file, and the switch needs the file alone: not something for every connection.
        with self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            raw.execute("PRAGMA journal_mode = WAL")

    def _create_schema(self) -> None:
        with self._engine.begin() as connection:
            metadata.create_all(connection)
            version = connection.scalar(select(schema.c.version))
            if version is None:
                connection.execute(insert(schema).values(version=SCHEMA_VERSION))
            elif version > SCHEMA_VERSION:
                raise QueueSchemaError(
                    f"{self.where}: made by a newer autoprov (schema {version}, this program knows {SCHEMA_VERSION});"
                    " install that version, or move the file away"
                )

    @contextmanager
    def _reported(self) -> Generator[None]:
        """What passes by itself, its callers report; what does not is said here, for a person has to act."""
        try:
            yield
        except QueueBroken as error:
            now = monotonic()
            if now >= self._told_until.get(str(error), now):
                self._told_until[str(error)] = now + _TELL_EVERY.total_seconds()
                logger.error("queue cannot be used until somebody mends it", extra={"reason": str(error)})
            raise

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error, OSError) as error:
            found = condition(error)
            if found is None:
                raise
            reason = f"{self.where}: {found.words}"
            if found.passes:
                raise QueueUnavailable(reason) from error
            raise QueueBroken(reason) from error


def _made_file(path: str) -> tuple[int, int]:
    # SQLite gives -wal and -shm the mode of the file itself, so it is made here, before SQLite would make it 0644.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        status = os.fstat(descriptor)
        return status.st_dev, status.st_ino
    finally:
        os.close(descriptor)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - at every transaction; a Path would cost more than the call
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


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
