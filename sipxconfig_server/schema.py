"""The inventory's tables in one SQLite file, and how the file is opened.

Ids are never used twice (AUTOINCREMENT) and begin at 1000, as with sipXconfig's sequences.
"""

import os
from pathlib import Path

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from sipxconfig_server.errors import InventoryUnusable

SCHEMA_VERSION = 2
"""1: phones, lines and users. 2: groups."""
_FIRST_ID = 1000
_BUSY_SECONDS = 15

metadata = MetaData()

user = Table(
    "user",
    metadata,
    Column("user_name", String(255), primary_key=True),
    Column("display_name", String(255), nullable=False),
    Column("sip_password", String(255), nullable=False),
)

phone = Table(
    "phone",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("serial_number", String(255), nullable=False, unique=True),
    Column("model_id", String(64), nullable=False),
    Column("version", String(32)),
    # sipXconfig's database counts too (contract 1.4), and answers 500.
    Column("description", String(255), CheckConstraint("length(description) <= 255")),
    sqlite_autoincrement=True,
)

line = Table(
    "line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("phone_id", Integer, ForeignKey("phone.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_name", String(255), ForeignKey("user.user_name", ondelete="CASCADE"), index=True),
    Column("external_user_id", String(255)),
    Column("external_display_name", String(255)),
    Column("external_password", String(255)),
    Column("external_server", String(255)),
    Column("external_server_port", String(255)),
    sqlite_autoincrement=True,
)

group = Table(
    "phone_group",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(255), unique=True, nullable=False),
    Column("description", String(255)),
    Column("weight", Integer, nullable=False),
    sqlite_autoincrement=True,
)

membership = Table(
    "phone_in_group",
    metadata,
    Column("phone_id", Integer, ForeignKey("phone.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Integer, ForeignKey("phone_group.id", ondelete="CASCADE"), primary_key=True, index=True),
)


def open_engine(path: Path) -> Engine:
    """The file's engine, its tables there; a new file is readable by its owner alone, for it holds SIP passwords.

    Transactions read one state of the file; with the execution option ``begin_mode="IMMEDIATE"`` they write.

    Raises:
        InventoryUnusable: the file cannot be used.
        OSError: the file cannot be created.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    try:
        with engine.execution_options(begin_mode="IMMEDIATE").begin() as connection:
            _set_up_tables(connection, path)
    except (InventoryUnusable, DatabaseError) as error:
        engine.dispose()
        if isinstance(error, InventoryUnusable):
            raise
        raise InventoryUnusable(f"{path} cannot be used as an inventory: {error.orig}") from error
    return engine


def _set_up_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver begins no transaction by itself: ``_begin`` does, so that readers have a snapshot too.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _set_up_tables(connection: Connection, path: Path) -> None:
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if version > SCHEMA_VERSION:
        raise InventoryUnusable(
            f"{path} was written by a newer version of this program (schema {version}, we know {SCHEMA_VERSION}): "
            "install that version again, or restore the file from before the update"
        )
    if version == SCHEMA_VERSION:
        return
    if version == 0 and inspect(connection).get_table_names():
        raise InventoryUnusable(f"{path} is a database of another program: name another file")
    metadata.create_all(connection)  # only what is missing
    if version == 0:
        _begin_ids(connection)
    else:
        _index_users_lines(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _begin_ids(connection: Connection) -> None:
    for table in (phone, line):
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, _FIRST_ID - 1))


def _index_users_lines(connection: Connection) -> None:
    """What version 2 added to a table of version 1, which ``create_all`` leaves as it stands."""
    for index in line.indexes:
        index.create(connection, checkfirst=True)
