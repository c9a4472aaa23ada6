"""The table of detected phones: what each operation does to its rows, inside the caller's transaction."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware, Program
from autoprov_phones.phone_tag import PhoneTag
from autoprov_phones.unique_id import UniqueId
from autoprov_queue.entry import EntryState, Postponed, QueueEntry, Rejected, Settled, Verdict
from autoprov_queue.tables import HORIZON, is_past, phones

logger = logging.getLogger(__name__)

_IN_ONE_STATEMENT = 500
_ANSWER_LENGTH = 500


def put(connection: Connection, detected: Iterable[DetectedPhone], *, now: datetime) -> None:
    """Insert strangers, bring known phones up to date; of two REGISTERs of one phone the later one counts."""
    latest: dict[MacAddress, DetectedPhone] = {}
    for phone in sorted(detected, key=lambda phone: phone.seen_at):
        latest[phone.tag.mac] = phone
    known = _rows(connection, list(latest))
    strangers = [_new_row(phone, now=now) for mac, phone in latest.items() if mac not in known]
    if strangers:
        connection.execute(insert(phones), strangers)
    for mac, row in known.items():
        # A row from the future was written before a clock was set back: what comes now is newer.
        if latest[mac].seen_at >= row["seen_at"] or row["seen_at"] > now + HORIZON:
            _update(connection, mac, _seen_again(row, latest[mac], now=now))


def claim(connection: Connection, *, limit: int, now: datetime, until: datetime) -> list[QueueEntry]:
    """Take what is due, the longest due first; rows that another node is taking just now are stepped over.

    One that cannot be read is refused and shown to nobody, until its phone registers again or is forgotten.
    """
    assert until <= now + HORIZON, "a longer lease would be no lease"
    due = (
        select(phones).where(is_past(phones.c.due_at, now)).order_by(phones.c.due_at, phones.c.mac).limit(limit)
    ).with_for_update(skip_locked=True)
    taken: list[QueueEntry] = []
    for row in connection.execute(due).mappings().all():
        changes: dict[str, Any] = {
            "state": EntryState.CLAIMED.value,
            "claim": uuid4().hex,
            "due_at": until,
            "attempts": row["attempts"] + 1,
        }
        try:
            entry = _entry({**row, **changes})
        except ValueError as error:
            _refuse_unreadable(connection, row["mac"], str(error))
            continue
        _update(connection, entry.phone.tag.mac, changes)
        taken.append(entry)
    return taken


def is_due(connection: Connection, *, now: datetime) -> bool:
    """Whether there is anything to claim."""
    return connection.scalar(select(phones.c.mac).where(is_past(phones.c.due_at, now)).limit(1)) is not None


def finish(connection: Connection, entry: QueueEntry, verdict: Verdict, *, now: datetime) -> bool:
    """Write the verdict down; False where the claim was lost meanwhile.

    A phone that changed while it was claimed goes back to WAITING, whatever the verdict on its former self.
    """
    mac = entry.phone.tag.mac
    row = _rows(connection, [mac]).get(mac)
    if row is None or row["claim"] != entry.claim:
        return False
    changes = _after(verdict)
    if row["revision"] != entry.revision:
        changes |= {"state": EntryState.WAITING.value, "due_at": now}
    _update(connection, mac, {**changes, "claim": None})
    return True


def retry(connection: Connection, mac: MacAddress, *, now: datetime) -> bool:
    """Make the entry due now; False where there is none. One that is claimed is looked at again after that."""
    row = _rows(connection, [mac]).get(mac)
    if row is None:
        return False
    _update(connection, mac, _due_again(row, now=now))
    return True


def forget(connection: Connection, mac: MacAddress, only: EntryState | None) -> bool:
    """Delete the entry, where given in one state alone; False where there is none."""
    statement = delete(phones).where(phones.c.mac == mac.hex)
    if only is not None:
        statement = statement.where(phones.c.state == only.value)
    return connection.execute(statement).rowcount > 0


def find(connection: Connection, mac: MacAddress) -> QueueEntry | None:
    """The entry of this phone."""
    found = _readable(connection.execute(select(phones).where(phones.c.mac == mac.hex)).mappings())
    return found[0] if found else None


def entries(connection: Connection, state: EntryState | None) -> list[QueueEntry]:
    """All entries, or those of one state, the first seen first."""
    query = select(phones).order_by(phones.c.first_seen_at, phones.c.mac)
    if state is not None:
        query = query.where(phones.c.state == state.value)
    return _readable(connection.execute(query).mappings())


def showing(connection: Connection, unique_id: UniqueId) -> list[QueueEntry]:
    """Every phone whose screen shows this ID, the first seen first."""
    query = select(phones).where(phones.c.unique_id == unique_id.text)
    return _readable(connection.execute(query.order_by(phones.c.first_seen_at, phones.c.mac)).mappings())


def counts(connection: Connection) -> dict[EntryState, int]:
    """How many entries stand in each state, zeros included."""
    found = connection.execute(select(phones.c.state, func.count()).group_by(phones.c.state)).all()
    by_state = {str(state): int(count) for state, count in found}
    return {state: by_state.get(state.value, 0) for state in EntryState}


def _refuse_unreadable(connection: Connection, mac: str, reason: str) -> None:
    logger.error("queue entry cannot be read and is refused, its phone must register again", extra={"mac": mac})
    refused = _after(Rejected(f"the entry cannot be read: {reason}"))
    connection.execute(update(phones).where(phones.c.mac == mac).values(**refused, claim=None))


def _readable(rows: Iterable[RowMapping]) -> list[QueueEntry]:
    """What a hand or another version wrote hides none of the others."""
    found: list[QueueEntry] = []
    for row in rows:
        try:
            found.append(_entry(row))
        except ValueError:
            logger.debug("queue entry cannot be read", extra={"mac": row["mac"]})
    return found


def _rows(connection: Connection, macs: Sequence[MacAddress]) -> dict[MacAddress, RowMapping]:
    found: dict[MacAddress, RowMapping] = {}
    for start in range(0, len(macs), _IN_ONE_STATEMENT):
        some = [mac.hex for mac in macs[start : start + _IN_ONE_STATEMENT]]
        query = select(phones).where(phones.c.mac.in_(some)).order_by(phones.c.mac).with_for_update()
        found |= {MacAddress(row["mac"]): row for row in connection.execute(query).mappings()}
    return found


def _update(connection: Connection, mac: MacAddress, changes: Mapping[str, Any]) -> None:
    connection.execute(update(phones).where(phones.c.mac == mac.hex).values(**changes))


def _new_row(phone: DetectedPhone, *, now: datetime) -> dict[str, Any]:
    return {
        **_shown(phone),
        "mac": phone.tag.mac.hex,
        "first_seen_at": phone.seen_at,
        "seen_at": phone.seen_at,
        "state": EntryState.WAITING.value,
        "attempts": 0,
        "due_at": now,
        "claim": None,
        "revision": 0,
        "last_answer": "",
    }


def _seen_again(row: RowMapping, phone: DetectedPhone, *, now: datetime) -> dict[str, Any]:
    shown = _shown(phone)
    if all(row[column] == value for column, value in shown.items()):
        return {"seen_at": phone.seen_at}
    return {**shown, "seen_at": phone.seen_at, **_due_again(row, now=now)}


def _due_again(row: RowMapping, *, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"revision": row["revision"] + 1, "attempts": 0}
    if row["state"] != EntryState.CLAIMED.value:
        changes |= {"state": EntryState.WAITING.value, "due_at": now}
    return changes


def _shown(phone: DetectedPhone) -> dict[str, Any]:
    """What the phone shows of itself: another value here, and its Description is out of date."""
    return {
        "unique_id": phone.tag.unique_id.text,
        "vendor": phone.software.vendor[:40],
        "family": phone.software.family[:80],
        "model": phone.software.model[:80],
        "firmware": phone.software.firmware[:80],
        "software_mac": None if phone.software.mac is None else phone.software.mac.hex,
        "program": phone.software.program.value,
        "contact_host": phone.contact_host[:255],
    }


def _after(verdict: Verdict) -> dict[str, Any]:
    match verdict:
        case Settled(answer):
            return {"state": EntryState.CREATED.value, "due_at": None, "last_answer": answer[:_ANSWER_LENGTH]}
        case Rejected(reason):
            return {"state": EntryState.REFUSED.value, "due_at": None, "last_answer": reason[:_ANSWER_LENGTH]}
        case Postponed(reason, due_at):
            return {"state": EntryState.WAITING.value, "due_at": due_at, "last_answer": reason[:_ANSWER_LENGTH]}


def _entry(row: Mapping[Any, Any]) -> QueueEntry:
    tag = PhoneTag(UniqueId(row["unique_id"]), MacAddress(row["mac"]))
    software = PhoneSoftware(
        vendor=row["vendor"],
        family=row["family"],
        model=row["model"],
        firmware=row["firmware"],
        mac=None if row["software_mac"] is None else MacAddress(row["software_mac"]),
        program=Program(row["program"]),
    )
    return QueueEntry(
        phone=DetectedPhone(tag, software, row["contact_host"], row["seen_at"]),
        state=EntryState(row["state"]),
        attempts=row["attempts"],
        first_seen_at=row["first_seen_at"],
        due_at=row["due_at"],
        last_answer=row["last_answer"],
        claim=row["claim"],
        revision=row["revision"],
    )
