"""Kamailio's ``subscriber`` table, read straight from its database."""

from pathlib import Path

from sqlalchemy import URL, RowMapping, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.phones_csv import BadRow
from autoprov.lists.users_csv import find_columns, judge_rows

_QUERY = "SELECT * FROM subscriber ORDER BY id"


class DatabaseUnreadable(Exception):
    """The table cannot be read; its text says why, without a password."""


def database_url(source: str) -> URL | None:
    """*source* as SQLAlchemy's URL of a database, None where it is none (a file's name).

    Raises:
        DatabaseUnreadable: the URL has a password in it.
    """
    if "://" not in source:
        return None
    try:
        url = make_url(source)
    except ArgumentError as error:
        raise DatabaseUnreadable(
            "this is no URL of a database such as mysql+pymysql://kamailio@host/kamailio"
        ) from error
    if url.password is not None or any("pass" in name.lower() for name in url.query):
        raise DatabaseUnreadable("leave the password out of the URL, where all users see it: it is asked for")
    return url


def read_subscribers(url: URL, *, domain: str | None) -> tuple[list[PbxUser], list[BadRow]]:
    """As ``read_users``; rows are numbered in the order of their ids.

    Raises:
        DatabaseUnreadable: no driver, no server, no such table.
        CsvUnreadable: the table has other columns.
    """
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise DatabaseUnreadable(f"{url.database}: no such file")  # SQLite would make one
    try:
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                result = connection.execute(text(_QUERY))
                columns = find_columns([name.lower() for name in result.keys()])  # noqa: SIM118 - no dict
                return judge_rows(enumerate(map(_texts, result.mappings()), start=1), columns, domain=domain)
        finally:
            engine.dispose()
    except NoSuchModuleError as error:
        raise DatabaseUnreadable(
            f"no database is called {url.drivername}://; Kamailio's is mysql+pymysql://"
        ) from error
    except ImportError as error:
        raise DatabaseUnreadable(f"{error}: install the database's driver beside autoprov") from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseUnreadable(f"{url.render_as_string(hide_password=True)}: {reason}") from error


def _texts(row: RowMapping) -> dict[str, str]:
    return {str(name).lower(): "" if value is None else str(value) for name, value in row.items()}
