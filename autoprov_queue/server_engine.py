"""A database server under the queue, for more machines than one: PostgreSQL."""

from datetime import timedelta
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from autoprov_queue.errors import QueueBroken

DRIVER = "postgresql+psycopg"
_CONNECT_SECONDS = 5
_ANSWER_MILLISECONDS = 10_000
"""A server whose machine lost its power says nothing; the kernel would wait for it a quarter of an hour."""
_HOLDING_MILLISECONDS = 60_000
"""What a node that was suspended in the middle has locked is free after this."""
_SCHEMA_LOCK = 0x6175746F70726F76
"""A number that no other program locks: nodes that start together make the tables once."""


def server_engine(url: URL, *, busy_timeout: timedelta) -> Engine:
    """Connections that neither wait for ever nor keep others waiting.

    Raises:
        QueueBroken: no such driver here.
    """
    arguments = {"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": _ANSWER_MILLISECONDS, "keepalives_idle": 10}
    if url.get_backend_name() != "postgresql":
        raise QueueBroken(f"{url.render_as_string()}: the queue is kept in SQLite or PostgreSQL")
    try:
        engine = create_engine(url.set(drivername=DRIVER), pool_pre_ping=True, connect_args=arguments)
    except ModuleNotFoundError as error:
        raise QueueBroken("PostgreSQL needs its driver here: pip install 'autoprov[postgres]'") from error
    lock_milliseconds = round(busy_timeout.total_seconds() * 1000)

    def connected(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {lock_milliseconds}")
            cursor.execute(f"SET idle_in_transaction_session_timeout = {_HOLDING_MILLISECONDS}")
        connection.commit()

    event.listen(engine, "connect", connected)
    return engine


def wait_for_other_nodes(connection: Connection) -> None:
    """Alone among all that make the tables, until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SCHEMA_LOCK})
