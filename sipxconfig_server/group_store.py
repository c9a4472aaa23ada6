"""The groups that phones are in, in the inventory's file."""

from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from sipxconfig_server.records import StoredGroup
from sipxconfig_server.rows import stored_group
from sipxconfig_server.schema import group, membership, phone

_FIRST_WEIGHT: Final = 3
"""Those below are sipXconfig's own groups'."""


class GroupStore:
    """Groups by name. Any method may raise ``sqlalchemy.exc.DBAPIError``, as the inventory's may."""

    def __init__(self, reading: Engine, writing: Engine) -> None:
        self._reading = reading
        self._writing = writing

    def all_with_counts(self) -> list[tuple[StoredGroup, int]]:
        """Every group by ascending weight, and how many phones it has."""
        count = func.count(membership.c.phone_id).label("phones")
        query = select(group, count).outerjoin(membership).group_by(group.c.id).order_by(group.c.weight)
        with self._reading.begin() as connection:
            return [(stored_group(row), row.phones) for row in connection.execute(query)]

    def phone_ids(self, name: str) -> list[int] | None:
        """The ids of the phones in this group; None where there is no such group."""
        with self._reading.begin() as connection:
            group_id = _id_of(connection, name)
            if group_id is None:
                return None
            members = select(membership.c.phone_id).where(membership.c.group_id == group_id)
            return list(connection.execute(members).scalars())

    def add_phone(self, phone_id: int, name: str) -> None:
        """Put the phone into the group, which is made if it is missing; nothing where the phone is gone."""
        with self._writing.begin() as connection:
            if connection.execute(select(phone.c.id).where(phone.c.id == phone_id)).first() is None:
                return
            group_id = _id_of(connection, name)
            if group_id is None:
                group_id = _new_group(connection, name)
            values = {"phone_id": phone_id, "group_id": group_id}
            connection.execute(upsert(membership).values(**values).on_conflict_do_nothing())

    def remove_phone(self, phone_id: int, name: str | None = None) -> None:
        """Take the phone out of the group, or out of all; the groups stay."""
        leave = delete(membership).where(membership.c.phone_id == phone_id)
        with self._writing.begin() as connection:
            if name is not None:
                leave = leave.where(membership.c.group_id == _id_of(connection, name))
            connection.execute(leave)


def _id_of(connection: Connection, name: str) -> int | None:
    found: int | None = connection.execute(select(group.c.id).where(group.c.name == name)).scalar_one_or_none()
    return found


def _new_group(connection: Connection, name: str) -> int:
    heaviest: Any = connection.execute(select(func.max(group.c.weight))).scalar_one()
    weight = _FIRST_WEIGHT if heaviest is None else heaviest + 1
    new_id: int = connection.execute(insert(group).values(name=name, weight=weight).returning(group.c.id)).scalar_one()
    return new_id
