"""Kamailio's ``subscriber`` table, read straight from its database."""

from pathlib import Path
from types import MappingProxyType

from sqlalchemy import URL, Engine, RowMapping, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.phones_csv import BadRow
from autoprov.lists.users_csv import find_columns, judge_rows

_QUERY = "SELECT * FROM subscriber ORDER BY id"
_DRIVERS = MappingProxyType(
    {
        "mysql": "mysql+pymysql",
        "mariadb": "mariadb+pymysql",
        "postgresql": "postgresql+psycopg",
        "postgres": "postgresql+psycopg",  # Kamailio's own word
    }
)
"""Which of ours a URL means that names none, as Kamailio's DBURL does not."""
_EXTRAS = MappingProxyType({"mysql": "mysql", "mariadb": "mysql", "postgresql": "postgres"})
"""Which of pyproject.toml's brings the driver."""
_OVER_NETWORKS = ("pymysql", "psycopg")
_CONNECT_SECONDS = 10
"""Without it psycopg waits for as long as the kernel does."""


class DatabaseUnreadable(Exception):
    """The table cannot be read; its text says why and what to do, without a password."""


def database_url(source: str) -> URL | None:
    """*source* as SQLAlchemy's URL of a database, with a driver, None where it is no URL (a file's name).

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
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def read_subscribers(url: URL, *, domain: str | None) -> tuple[list[PbxUser], list[BadRow]]:
    """As ``read_users``; rows are numbered in the order of their ids.

    Raises:
        DatabaseUnreadable: no driver, no server, no such table.
        CsvUnreadable: the table has other columns.
    """
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise DatabaseUnreadable(f"{url.database}: no such file")  # SQLite would make one
    engine = _engine(url)
    mend = "see that the server runs, is reached from here, and lets this user in with that password"
    try:
        with engine.connect() as connection:
            mend = "see that this is Kamailio's database, and that this user may read its table subscriber"
            result = connection.execute(text(_QUERY))
            columns = find_columns([name.lower() for name in result.keys()])  # noqa: SIM118 - no dict
            return judge_rows(enumerate(map(_texts, result.mappings()), start=1), columns, domain=domain)
    except SQLAlchemyError as error:
        raise DatabaseUnreadable(f"{url.render_as_string()}: {_reason(error)}; {mend}") from error
    except RuntimeError as error:  # PyMySQL, where the server wants a password that is encrypted with RSA
        mend = "let it speak TLS (?ssl_ca=FILE in the URL), or give this user mysql_native_password"
        raise DatabaseUnreadable(f"{url.render_as_string()}: {error}; {mend}") from error
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    try:
        given = {"connect_timeout": _CONNECT_SECONDS} if url.get_driver_name() in _OVER_NETWORKS else {}
        return create_engine(url, connect_args=given)
    except NoSuchModuleError as error:
        raise DatabaseUnreadable(
            f"no database is called {url.drivername}://; Kamailio's is mysql+pymysql://"
        ) from error
    except ImportError as error:
        extra = _EXTRAS.get(url.get_backend_name())
        mend = f"pip install 'autoprov[{extra}]'" if extra else "install the database's driver beside autoprov"
        raise DatabaseUnreadable(f"{url.drivername}:// has no driver here ({error}): {mend}") from error


def _reason(error: SQLAlchemyError) -> str:
    """The first line of what the database said; drivers put a number before it, or lines after."""
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(said.args[-1] if said.args else said).splitlines()
    return lines[0] if lines else type(said).__name__


def _texts(row: RowMapping) -> dict[str, str]:
    return {str(name).lower(): "" if value is None else str(value) for name, value in row.items()}
