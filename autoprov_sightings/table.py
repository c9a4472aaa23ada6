"""The sightings' table in its own SQLite file: rows in, rows out, and its bounds."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting, Stage, TurnedAway

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sightings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mac TEXT NOT NULL,
    at INTEGER NOT NULL,
    stage TEXT NOT NULL,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sightings_mac_id ON sightings (mac, id);
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_BY_THE_PHONE_ITSELF = (Stage.FETCH.value, Stage.REGISTER.value)
_IN_ONE_STATEMENT = 500


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many sightings are kept, the newest, and how many characters of each text."""

    of_one_phone: int = 500
    in_all: int = 200_000
    verdict: int = 60
    detail: int = 300
    address: int = 64


def connect(path: str, *, busy_timeout: timedelta) -> sqlite3.Connection:
    """A connection for reading and writing; file and table are made where they are not there.

    Raises:
        OSError, sqlite3.Error: locked, full, read-only, no directory ...
    """
    # SQLite gives -wal and -shm the mode of the file itself, so it is made here, before SQLite would make it 0644.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=busy_timeout.total_seconds(), isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def write(connection: sqlite3.Connection, sightings: Sequence[Sighting], bounds: Bounds) -> None:
    """One transaction: insert, then delete what is beyond the bounds."""
    rows = [_row(sighting, bounds) for sighting in sightings]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(
            "INSERT INTO sightings (mac, at, stage, verdict, detail, address) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
        _prune(connection, {row[0] for row in rows}, bounds)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def timeline(connection: sqlite3.Connection, mac: MacAddress, limit: int) -> list[Sighting]:
    """The newest *limit* sightings of this phone, the newest first."""
    rows = connection.execute(
        "SELECT at, stage, verdict, detail, address FROM sightings WHERE mac = ? ORDER BY id DESC LIMIT ?",
        (mac.hex, limit),
    )
    return [
        Sighting(mac, _EPOCH + at * _MICROSECOND, Stage(stage), verdict, detail, address)
        for at, stage, verdict, detail, address in rows
    ]


def last_seen(connection: sqlite3.Connection, macs: Sequence[MacAddress]) -> dict[MacAddress, datetime]:
    """When each phone last fetched or registered; what we did about it does not count."""
    found: dict[MacAddress, datetime] = {}
    for start in range(0, len(macs), _IN_ONE_STATEMENT):
        some = [mac.hex for mac in macs[start : start + _IN_ONE_STATEMENT]]
        marks = ", ".join("?" * len(some))
        rows = connection.execute(
            f"SELECT mac, MAX(at) FROM sightings WHERE mac IN ({marks}) AND stage IN (?, ?) GROUP BY mac",  # noqa: S608 - marks only
            (*some, *_BY_THE_PHONE_ITSELF),
        )
        found |= {MacAddress(mac): _EPOCH + at * _MICROSECOND for mac, at in rows}
    return found


def macs_with(connection: sqlite3.Connection, beginning: str) -> set[MacAddress]:
    """Phones of which there is a detail that begins so."""
    rows = connection.execute(
        "SELECT DISTINCT mac FROM sightings WHERE mac > '' AND substr(detail, 1, ?) = ?", (len(beginning), beginning)
    )
    return {MacAddress(mac) for (mac,) in rows}


def begins_at(connection: sqlite3.Connection) -> datetime | None:
    """When the oldest that is kept was written; None where nothing is."""
    row = connection.execute("SELECT at FROM sightings ORDER BY id LIMIT 1").fetchone()
    return None if row is None else _EPOCH + row[0] * _MICROSECOND


def turned_away(connection: sqlite3.Connection, verdicts: Sequence[str], *, since: datetime) -> list[TurnedAway]:
    """Fetches with a verdict that begins as one of *verdicts*, the most frequent first."""
    alike = " OR ".join("substr(verdict, 1, ?) = ?" for _ in verdicts)
    rows = connection.execute(
        "SELECT verdict, address, mac, COUNT(*) FROM sightings"  # noqa: S608 - marks only
        f" WHERE at >= ? AND stage = ? AND ({alike}) GROUP BY verdict, address, mac ORDER BY COUNT(*) DESC",
        (
            (since - _EPOCH) // _MICROSECOND,
            Stage.FETCH.value,
            *(each for text in verdicts for each in (len(text), text)),
        ),
    )
    return [
        TurnedAway(verdict, address, MacAddress(mac) if mac else None, count) for verdict, address, mac, count in rows
    ]


def _prune(connection: sqlite3.Connection, macs: Iterable[str], bounds: Bounds) -> None:
    connection.execute("DELETE FROM sightings WHERE id <= (SELECT MAX(id) FROM sightings) - ?", (bounds.in_all,))
    connection.executemany(
        "DELETE FROM sightings WHERE mac = ?1 AND id <="
        " (SELECT id FROM sightings WHERE mac = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        [(mac, bounds.of_one_phone) for mac in macs],
    )


def _row(sighting: Sighting, bounds: Bounds) -> tuple[str, int, str, str, str, str]:
    return (
        "" if sighting.mac is None else sighting.mac.hex,
        (sighting.at - _EPOCH) // _MICROSECOND,
        sighting.stage.value,
        _tame(sighting.verdict, bounds.verdict),
        _tame(sighting.detail, bounds.detail),
        _tame(sighting.address, bounds.address),
    )


def _tame(text: str, length: int) -> str:
    """The text cut to *length*; control characters, lone surrogates and the like become ``?``."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in text[:length])
