"""Which errors are the database's condition, in words that tell an operator what to do."""

import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_LOCKED = {
    sqlite3.SQLITE_BUSY: "locked by another process for too long; see who holds it (fuser)",
    sqlite3.SQLITE_LOCKED: "locked by another connection for too long; see who holds it (fuser)",
}
_BROKEN = {
    sqlite3.SQLITE_FULL: "the disk is full; make room, nothing else is needed",
    sqlite3.SQLITE_READONLY: "read-only; give this user the right to write to the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its directory is there and belongs to this user",
    sqlite3.SQLITE_PERM: "access denied; see that file and directory belong to this user",
    sqlite3.SQLITE_IOERR: "the disk fails or is full; see the kernel's log",
    sqlite3.SQLITE_CORRUPT: "damaged; move the file away, a new one is made and the phones fill it by registering",
    sqlite3.SQLITE_NOTADB: "not a database; move the file away, a new one is made",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """In *words*, and whether it passes by itself: nobody has to act then."""

    words: str
    passes: bool


def condition(error: DBAPIError | sqlite3.Error | OSError) -> Condition | None:
    """The database's condition; None where the statement, and so the program, is wrong."""
    if isinstance(error, IsADirectoryError):
        return Condition("a directory stands where the file should be; move it away", passes=False)
    if isinstance(error, OSError):
        words = f"{error.strerror}; see that its directory is there and belongs to this user"
        return Condition(words, passes=False)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    if isinstance(error, OperationalError | InterfaceError):
        return Condition(f"the database server does not answer: {cause}", passes=True)
    return None


def _of_sqlite(error: sqlite3.Error) -> Condition | None:
    # The low byte is the primary code. Errors of the Python module itself carry none.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if (code & 0xFF) in _LOCKED:
        return Condition(_LOCKED[code & 0xFF], passes=True)
    words = _BROKEN.get(code & 0xFF)
    return None if words is None else Condition(words, passes=False)
