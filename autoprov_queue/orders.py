"""The table of orders: what each operation does to its rows, inside the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, update

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import Order, OrderKind
from autoprov_queue.tables import is_past, orders

_ANSWER_LENGTH = 500


def give(connection: Connection, kind: OrderKind, mac: MacAddress, *, now: datetime) -> None:
    """One pending order per kind and MAC: given again, it is due now, and again after the one under way."""
    row = _row(connection, kind, mac)
    if row is None:
        fresh = {"kind": kind.value, "mac": mac.hex, "attempts": 0, "claim": None, "revision": 0, "last_answer": ""}
        connection.execute(insert(orders).values(**fresh, ordered_at=now, due_at=now))
        return
    changes: dict[str, Any] = {"revision": row["revision"] + 1, "ordered_at": now, "attempts": 0}
    if row["claim"] is None:
        changes["due_at"] = now
    _update(connection, kind, mac, changes)


def take(connection: Connection, kind: OrderKind, *, limit: int, now: datetime, until: datetime) -> list[Order]:
    """Take what is due, the longest due first."""
    due = (select(orders).where(_due(kind, now)).order_by(orders.c.due_at, orders.c.mac).limit(limit)).with_for_update(
        skip_locked=True
    )
    taken: list[Order] = []
    for row in connection.execute(due).mappings().all():
        changes: dict[str, Any] = {"claim": uuid4().hex, "due_at": until, "attempts": row["attempts"] + 1}
        _update(connection, kind, MacAddress(row["mac"]), changes)
        taken.append(_order({**row, **changes}))
    return taken


def is_due(connection: Connection, kind: OrderKind, *, now: datetime) -> bool:
    """Whether there is anything to take."""
    return connection.scalar(select(orders.c.mac).where(_due(kind, now)).limit(1)) is not None


def done(connection: Connection, order: Order, *, now: datetime) -> None:
    """Delete the order, unless it was given again meanwhile: then it is due now."""
    row = _row(connection, order.kind, order.mac)
    if row is None or row["claim"] != order.claim:
        return
    if row["revision"] == order.revision:
        connection.execute(delete(orders).where(_key(order.kind, order.mac)))
    else:
        _update(connection, order.kind, order.mac, {"claim": None, "due_at": now})


def failed(connection: Connection, order: Order, reason: str, due_at: datetime) -> None:
    """Put the order back until *due_at*."""
    row = _row(connection, order.kind, order.mac)
    if row is not None and row["claim"] == order.claim:
        changes = {"claim": None, "due_at": due_at, "last_answer": reason[:_ANSWER_LENGTH]}
        _update(connection, order.kind, order.mac, changes)


def pending(connection: Connection) -> list[Order]:
    """All orders that are not done, the oldest first."""
    rows = connection.execute(select(orders).order_by(orders.c.ordered_at, orders.c.mac)).mappings()
    return [_order(row) for row in rows]


def _key(kind: OrderKind, mac: MacAddress) -> ColumnElement[bool]:
    return and_(orders.c.kind == kind.value, orders.c.mac == mac.hex)


def _due(kind: OrderKind, now: datetime) -> ColumnElement[bool]:
    return and_(orders.c.kind == kind.value, is_past(orders.c.due_at, now))


def _row(connection: Connection, kind: OrderKind, mac: MacAddress) -> RowMapping | None:
    query = select(orders).where(_key(kind, mac)).with_for_update()
    return connection.execute(query).mappings().one_or_none()


def _update(connection: Connection, kind: OrderKind, mac: MacAddress, changes: Mapping[str, Any]) -> None:
    connection.execute(update(orders).where(_key(kind, mac)).values(**changes))


def _order(row: Mapping[Any, Any]) -> Order:
    return Order(
        kind=OrderKind(row["kind"]),
        mac=MacAddress(row["mac"]),
        attempts=row["attempts"],
        ordered_at=row["ordered_at"],
        due_at=row["due_at"],
        last_answer=row["last_answer"],
        claim=row["claim"],
        revision=row["revision"],
    )
