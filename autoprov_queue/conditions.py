"""Which errors are the database's condition, in words that tell an operator what to do."""

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


@dataclass(frozen=True, slots=True)
class Condition:
    """In *words*, and whether it passes by itself: nobody has to act then."""

    words: str
    passes: bool


_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: Condition("locked by another process for too long; see who holds it (fuser)", passes=True),
    sqlite3.SQLITE_LOCKED: Condition(
        "locked by another connection for too long; see who holds it (fuser)", passes=True
    ),
    sqlite3.SQLITE_FULL: Condition("the disk is full; make room, nothing else is needed", passes=False),
    sqlite3.SQLITE_READONLY: Condition(
        "read-only; give this user the right to write to the file and its directory", passes=False
    ),
    sqlite3.SQLITE_CANTOPEN: Condition(
        "cannot be opened; see that its directory is there and belongs to this user", passes=False
    ),
    sqlite3.SQLITE_PERM: Condition("access denied; see that file and directory belong to this user", passes=False),
    sqlite3.SQLITE_IOERR: Condition("the disk fails or is full; see the kernel's log", passes=False),
    sqlite3.SQLITE_CORRUPT: Condition(
        "damaged; move the file away, a new one is made and the phones fill it by registering", passes=False
    ),
    sqlite3.SQLITE_NOTADB: Condition("not a database; move the file away, a new one is made", passes=False),
}
_OF_SERVER = {
    "25006": Condition(
        "read-only; is this server a standby, or switched to read-only by its administrator?", passes=False
    ),
    "25P03": Condition("the server cut off a transaction that stood still", passes=True),
    "28": Condition("the server does not let us in; see the user name and secrets/queue-password", passes=False),
    "3D000": Condition("the server has no such database; create it, or mend the address in the settings", passes=False),
    "3F000": Condition("the server has no schema to create tables in; see the search_path", passes=False),
    "40": Condition("others wrote at the same time", passes=True),
    "42501": Condition("this user may not read and write here; GRANT it the database", passes=False),
    "53100": Condition("the server's disk is full; make room there, nothing else is needed", passes=False),
    "55P03": Condition("locked by another connection for too long; see pg_stat_activity", passes=True),
    "57014": Condition("the server took too long", passes=True),
    "58030": Condition("the server's disk fails; see its log", passes=False),
    "XX001": Condition("damaged; see the server's log", passes=False),
    "XX002": Condition("an index is damaged; REINDEX, see the server's log", passes=False),
}
"""By SQLSTATE, or by its class of two characters."""
_WHILE_CONNECTING = {
    "authentication failed": "28",
    "no password supplied": "28",
    "no pg_hba.conf entry": "28",
    'role "': "28",
    'database "': "3D000",
}
"""There the driver has a server's words alone, in English where its administrator wanted them so."""


def condition(error: DBAPIError | sqlite3.Error | OSError) -> Condition | None:
    """The database's condition; None where the statement, and so the program, is wrong."""
    if isinstance(error, IsADirectoryError):
        return Condition("a directory stands where the file should be; move it away", passes=False)
    if isinstance(error, OSError):
        words = f"{error.strerror}; see that its directory is there and belongs to this user"
        return Condition(words, passes=False)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary code. Errors of the Python module itself carry none.
        code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _OF_SQLITE.get(code & 0xFF)
    state: str | None = getattr(cause, "sqlstate", None)
    if state is not None and (found := _OF_SERVER.get(state) or _OF_SERVER.get(state[:2])):
        return found
    if isinstance(error, OperationalError | InterfaceError):
        return _of_connection(str(cause))
    return None


def _of_connection(said: str) -> Condition:
    for words, state in _WHILE_CONNECTING.items():
        if "FATAL" in said and words in said.partition("FATAL")[2]:
            return _OF_SERVER[state]
    return Condition(f"the database server does not answer: {' '.join(said.split())}", passes=True)
