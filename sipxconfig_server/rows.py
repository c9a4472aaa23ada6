"""The inventory's rows as values, and values as columns."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from sipxconfig_server.records import ExternalAccount, PhoneRecord, StoredGroup, StoredLine, StoredPhone, User
from sipxconfig_server.schema import group, line, membership, user


def stored_phones(connection: Connection, rows: Sequence[Row[Any]]) -> list[StoredPhone]:
    """The phones of *rows*, which are by ascending id, with lines and groups: two queries for any number of phones."""
    if not rows:
        return []
    first, last = rows[0].id, rows[-1].id
    lines: defaultdict[int, list[StoredLine]] = defaultdict(list)
    for found in connection.execute(lines_query().where(line.c.phone_id.between(first, last))):
        lines[found.phone_id].append(stored_line(found))
    groups: defaultdict[int, list[StoredGroup]] = defaultdict(list)
    memberships = select(membership.c.phone_id, group).join(group).order_by(group.c.weight)
    for found in connection.execute(memberships.where(membership.c.phone_id.between(first, last))):
        groups[found.phone_id].append(stored_group(found))
    return [
        StoredPhone(
            row.id,
            PhoneRecord(row.serial_number, row.model_id, row.version, row.description),
            tuple(lines.get(row.id, ())),
            tuple(groups.get(row.id, ())),
        )
        for row in rows
    ]


def lines_query() -> Select[Any]:
    """Lines by ascending id, each with its user where it has one."""
    return select(line, user).outerjoin(user, line.c.user_name == user.c.user_name).order_by(line.c.id)


def stored_line(row: Row[Any]) -> StoredLine:
    """The line of a row of ``lines_query``."""
    if row.user_name is not None:
        return StoredLine(row.id, User(row.user_name, row.display_name, row.sip_password))
    account = ExternalAccount(
        user_id=row.external_user_id,
        display_name=row.external_display_name,
        password=row.external_password,
        registration_server=row.external_server,
        registration_server_port=row.external_server_port,
    )
    return StoredLine(row.id, account)


def stored_group(row: Row[Any]) -> StoredGroup:
    """The group of a row with all columns of its table."""
    return StoredGroup(row.id, row.name, row.description, row.weight)


def phone_columns(record: PhoneRecord) -> dict[str, str | None]:
    """What is written of a phone."""
    return {
        "serial_number": record.serial_number,
        "model_id": record.model_id,
        "version": record.version,
        "description": record.description,
    }


def owner_columns(owner: User | ExternalAccount) -> dict[str, str | None]:
    """What is written of a line, besides its phone."""
    if isinstance(owner, User):
        return {"user_name": owner.user_name}
    return {
        "external_user_id": owner.user_id,
        "external_display_name": owner.display_name,
        "external_password": owner.password,
        "external_server": owner.registration_server,
        "external_server_port": owner.registration_server_port,
    }
