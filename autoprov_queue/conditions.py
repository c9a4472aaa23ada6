"""Which errors are the database's condition, in words that tell an operator what to do."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

_SQLITE_CONDITIONS = {
    sqlite3.SQLITE_BUSY: "locked by another process for too long; see who holds it (fuser)",
    sqlite3.SQLITE_LOCKED: "locked by another connection for too long; see who holds it (fuser)",
    sqlite3.SQLITE_FULL: "the disk is full; make room, nothing else is needed",
    sqlite3.SQLITE_READONLY: "read-only; give this user the right to write to the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; see that its directory is there and belongs to this user",
    sqlite3.SQLITE_PERM: "access denied; see that file and directory belong to this user",
    sqlite3.SQLITE_IOERR: "the disk fails or is full; see the kernel's log",
    sqlite3.SQLITE_CORRUPT: "damaged; move the file away, a new one is made and the phones fill it by registering",
    sqlite3.SQLITE_NOTADB: "not a database; move the file away, a new one is made",
}


def condition(error: DBAPIError | sqlite3.Error | OSError) -> str | None:
    """The database's condition; None where the statement, and so the program, is wrong."""
    if isinstance(error, IsADirectoryError):
        return "a directory stands where the file should be; move it away"
    if isinstance(error, OSError):
        return f"{error.strerror}; see that its directory is there and belongs to this user"
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        # The low byte is the primary code. Errors of the Python module itself carry none.
        code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE_CONDITIONS.get(code & 0xFF)
    if isinstance(error, OperationalError | InterfaceError):
        return f"the database server does not answer: {cause}"
    return None
