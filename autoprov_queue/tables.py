"""The queue's tables, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, Index, Integer, MetaData, String, Table, or_
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

SCHEMA_VERSION = 1
HORIZON = timedelta(hours=1)
"""Nothing is put off for longer; what seems to be was put off by a clock that has jumped since."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without a zone: SQLite has none to store.

    SQLite has no dates either. SQLAlchemy's own text form is written here, because its way of writing it is a third of
    what a new phone costs the queue.
    """

    impl = DateTime(timezone=False)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite."""
        return dialect.type_descriptor(String(26) if dialect.name == "sqlite" else DateTime(timezone=False))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """To the database; a naive datetime is an error of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value}")
        plain = value.astimezone(UTC).replace(tzinfo=None)
        return plain.isoformat(" ", "microseconds") if dialect.name == "sqlite" else plain

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database, aware."""
        if value is None:
            return None
        plain = datetime.fromisoformat(value) if isinstance(value, str) else value
        return plain.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text from outside: what one of the databases cannot store is stored as ``?`` in both."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database: PostgreSQL takes no NUL, and no encoding half of a surrogate pair."""
        if value is None or value.isprintable():
            return value
        return value.replace("\0", "?").encode("utf-8", "replace").decode()


metadata = MetaData()

schema = Table(
    "autoprov_schema",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
)

phones = Table(
    "autoprov_phones",
    metadata,
    Column("mac", String(12), primary_key=True),
    Column("unique_id", String(10), nullable=False, index=True),
    Column("vendor", String(40), nullable=False),
    Column("family", Words(80), nullable=False),
    Column("model", Words(80), nullable=False),
    Column("firmware", Words(80), nullable=False),
    Column("software_mac", String(12)),
    Column("program", String(20), nullable=False),
    Column("contact_host", Words(255), nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, index=True),  # NULL: nothing to do, and not in the way of who looks for work
    Column("claim", String(32)),
    Column("revision", Integer, nullable=False),
    Column("last_answer", Words(500), nullable=False),
)

orders = Table(
    "autoprov_orders",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("mac", String(12), primary_key=True),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claim", String(32)),
    Column("revision", Integer, nullable=False),
    Column("last_answer", Words(500), nullable=False),
    Index("autoprov_orders_due", "kind", "due_at"),
)


def is_past(due_at: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether the moment has come; one beyond the horizon, too."""
    return or_(due_at <= now, due_at > now + HORIZON)
