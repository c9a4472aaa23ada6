"""SQLite under the queue: its file, and how we speak to it."""

import os
import sqlite3
from datetime import timedelta
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

READ_ONLY = "autoprov_read_only"
"""The execution option of a transaction that only looks."""


def sqlite_engine(url: URL, *, busy_timeout: timedelta) -> Engine:
    """Begins transactions itself: writers at once as writers, so that none fails half-way for a lock."""
    engine = create_engine(url, connect_args={"timeout": busy_timeout.total_seconds()})

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous = NORMAL")

    def begun(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def switch_to_wal(engine: Engine) -> None:
    """The mode stays in the file, and the switch needs the file alone: not something for every connection."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA journal_mode = WAL")


def made_file(path: str) -> tuple[int, int]:
    """Its identity.

    SQLite gives -wal and -shm the mode of the file itself, so it is made here, before SQLite would make it 0644.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        status = os.fstat(descriptor)
        return status.st_dev, status.st_ino
    finally:
        os.close(descriptor)


def identity(path: str) -> tuple[int, int] | None:
    """Which file stands there now."""
    try:
        status = os.stat(path)  # noqa: PTH116 - at every transaction; a Path would cost more than the call
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
