"""The hook that people write into Kamailio: one row for each REGISTER, in SQLite with WAL and synchronous=normal.

Kamailio's own Python runs it in Kamailio's folder, after the 200 was sent, with the standard library alone. It does
less than ours: no tag is checked, no User-Agent read, and a refresh is written like a stranger.
"""

import sqlite3
import time
from contextlib import closing
from typing import Protocol

_DATABASE = "phones.db"
_UPSERT = "INSERT INTO phones VALUES (?, ?, ?) ON CONFLICT (shown) DO UPDATE SET user_agent = ?2, seen_at = ?3"


class Message(Protocol):
    """What Kamailio passes."""

    def getHeader(self, name: str) -> str:  # noqa: N802
        """The header's value."""
        ...


class Hook:
    """One for each of Kamailio's processes."""

    def child_init(self, rank: int) -> int:
        """A worker begins."""
        if rank > 0:
            self._connection = sqlite3.connect(_DATABASE, isolation_level=None)
            self._connection.execute("PRAGMA synchronous = NORMAL")
        return 0

    def on_register(self, message: Message) -> int:
        """A REGISTER was accepted."""
        shown = message.getHeader("From").partition('"')[2].partition('"')[0]
        self._connection.execute(_UPSERT, (shown, message.getHeader("User-Agent"), time.time()))
        return 1


def mod_init() -> Hook:
    """Kamailio has loaded this file, and forks its workers next."""
    with closing(sqlite3.connect(_DATABASE)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE phones (shown PRIMARY KEY, user_agent, seen_at)")
    return Hook()
