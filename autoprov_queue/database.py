"""The queue's database: its file, its connections, its transactions."""

import logging
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from time import monotonic

from sqlalchemy import Connection, insert, make_url, select
from sqlalchemy.exc import DBAPIError

from autoprov_queue.conditions import condition
from autoprov_queue.errors import QueueBroken, QueueSchemaError, QueueUnavailable
from autoprov_queue.server_engine import server_engine, wait_for_other_nodes
from autoprov_queue.sqlite_engine import READ_ONLY, identity, made_file, sqlite_engine, switch_to_wal
from autoprov_queue.tables import SCHEMA_VERSION, metadata, schema

logger = logging.getLogger(__name__)

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
        new_engine = sqlite_engine if self._is_sqlite else server_engine
        self._engine = new_engine(parsed, busy_timeout=busy_timeout)
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
                yield connection.execution_options(**{READ_ONLY: True})

    def _open(self) -> None:
        if self._is_sqlite:
            made = made_file(self.where)
            switch_to_wal(self._engine)
            self._create_schema()
            self._file = made
        else:
            self._create_schema()

    def _open_again_if_moved(self) -> None:
        if not self._is_sqlite or identity(self.where) == self._file:
            return
        with self._opening:
            if identity(self.where) != self._file:
                self._engine.dispose()
                self._open()
                self._told_until.clear()
                logger.warning("another queue file stands there now and is used", extra={"file": self.where})

    def _create_schema(self) -> None:
        with self._engine.begin() as connection:
            if not self._is_sqlite:
                wait_for_other_nodes(connection)
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
