import re
import sqlite3
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from autoprov.demo.site import free_ports
from autoprov.lists.users_table import DatabaseUnreadable, database_url, read_subscribers
from tests.peers.mysql_without_tls import mysql_without_tls
from tests.peers.postgresql import PASSWORD, PostgreSql, postgresql

REPOSITORY = Path(__file__).parents[3]
DOCUMENTED = re.compile(r"\b(?:mysql|mariadb|postgres|sqlite)[a-z+]*:///?[^\s`\"';,]+")
# As Kamailio 5.6's postgres/auth_db-create.sql makes it.
ON_POSTGRESQL = """
CREATE TABLE subscriber (
    id SERIAL PRIMARY KEY NOT NULL, username VARCHAR(64) DEFAULT '' NOT NULL, domain VARCHAR(64) DEFAULT '' NOT NULL,
    password VARCHAR(64) DEFAULT '' NOT NULL, ha1 VARCHAR(128) DEFAULT '' NOT NULL,
    ha1b VARCHAR(128) DEFAULT '' NOT NULL, CONSTRAINT subscriber_account_idx UNIQUE (username, domain));
INSERT INTO subscriber (username, domain, password, ha1) VALUES
    ('200', 'pbx.test', 'pw-ä200', 'x'), ('201', 'pbx.test', '', 'x'), ('200', 'other.test', 'pw', 'x');
"""

# As Kamailio 5.6's kamdbctl makes it for SQLite.
SUBSCRIBER = """
CREATE TABLE subscriber (
    id INTEGER PRIMARY KEY NOT NULL, username VARCHAR(64) DEFAULT '' NOT NULL, domain VARCHAR(64) DEFAULT '' NOT NULL,
    password VARCHAR(64) DEFAULT '' NOT NULL, ha1 VARCHAR(128) DEFAULT '' NOT NULL,
    ha1b VARCHAR(128) DEFAULT '' NOT NULL);
INSERT INTO subscriber (username, domain, password, ha1) VALUES
    ('200', 'pbx.test', 'pw200', 'x'), ('201', 'pbx.test', '', 'x'), ('200', 'other.test', 'pw', 'x');
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "kamailio.sqlite") as connection:
        connection.executescript(SUBSCRIBER)
    connection.close()
    return f"sqlite:///{tmp_path / 'kamailio.sqlite'}"


def test_kamailios_users_are_read_from_its_database(database: str) -> None:
    users, bad = read_subscribers(make_url(database), domain="pbx.test")
    assert [(user.row, user.user_name, user.sip_password) for user in users] == [(1, "200", "pw200")]
    assert [row.row for row in bad] == [2]
    assert "only a hash" in bad[0].reason


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreadable, match="no such file"):
        read_subscribers(make_url(f"sqlite:///{tmp_path / 'gone'}"), domain=None)
    assert not (tmp_path / "gone").exists()


def test_a_database_without_the_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(DatabaseUnreadable, match="no such table: subscriber"):
        read_subscribers(make_url(f"sqlite:///{tmp_path / 'empty'}"), domain=None)


def url_of(text: str) -> URL:
    url = database_url(text)
    assert url is not None
    return url


@pytest.fixture(scope="module")
def server() -> Generator[PostgreSql]:
    with postgresql() as running:
        engine = create_engine(running.url)
        with engine.begin() as connection:
            connection.execute(text(ON_POSTGRESQL))
        engine.dispose()
        yield running


def test_kamailios_users_are_read_from_a_postgresql_by_kamailios_own_word_for_it(server: PostgreSql) -> None:
    url = url_of(f"postgres://autoprov@127.0.0.1:{server.port}/postgres").set(password=PASSWORD)
    users, bad = read_subscribers(url, domain="pbx.test")
    assert [(user.row, user.user_name, user.sip_password) for user in users] == [(1, "200", "pw-ä200")]
    assert ["only a hash" in row.reason for row in bad] == [True]


def test_a_server_that_does_not_let_us_in_says_so_and_the_password_is_not_repeated(server: PostgreSql) -> None:
    url = url_of(f"postgresql://autoprov@127.0.0.1:{server.port}/postgres").set(password="n0t-that")
    with pytest.raises(DatabaseUnreadable, match=r"password authentication failed.*; see that the server") as refused:
        read_subscribers(url, domain=None)
    assert "n0t-that" not in str(refused.value)


@pytest.mark.parametrize("driver", ["mysql+pymysql", "mariadb", "postgresql"])
def test_a_server_that_is_not_there_is_told_of_with_what_to_do(driver: str) -> None:
    [port] = free_ports(1)
    url = url_of(f"{driver}://kamailio@127.0.0.1:{port}/kamailio").set(password="s3cret")
    with pytest.raises(DatabaseUnreadable, match=r"Connection refused.*; see that the server runs") as refused:
        read_subscribers(url, domain=None)
    assert "s3cret" not in str(refused.value)


def test_a_mysql_that_wants_its_password_encrypted_is_told_of_with_what_to_do() -> None:
    with mysql_without_tls() as port, pytest.raises(DatabaseUnreadable, match=r"mysql_native_password$") as refused:
        read_subscribers(url_of(f"mysql://kamailio@127.0.0.1:{port}/k").set(password="s3cret"), domain=None)
    assert "s3cret" not in str(refused.value)


def test_each_url_of_a_database_that_is_documented_has_its_driver() -> None:
    pages = [*REPOSITORY.glob("docs/**/*.md"), REPOSITORY / "README.md"]
    told = [page.read_text(encoding="utf-8") for page in pages]
    urls = {url for page in told for url in DOCUMENTED.findall(page)}
    drivers = {create_engine(url_of(url)).driver for url in urls}
    assert drivers == {"pymysql", "psycopg", "pysqlite"}


@pytest.mark.parametrize(
    ("url", "module", "mend"),
    [
        ("mysql+pymysql://k@h/k", "pymysql", r"pip install 'autoprov\[mysql\]'$"),
        ("postgres://k@h/k", "psycopg", r"pip install 'autoprov\[postgres\]'$"),
        ("oracle+oracledb://k@h/k", "oracledb", "install the database's driver beside autoprov$"),
    ],
)
def test_a_driver_that_is_missing_is_told_of_with_what_to_do(
    url: str, module: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # Python's own way to say that there is none
    with pytest.raises(DatabaseUnreadable, match=mend):
        read_subscribers(url_of(url), domain=None)


def test_a_database_of_which_nobody_has_heard_is_named() -> None:
    with pytest.raises(DatabaseUnreadable, match="no database is called foo://"):
        read_subscribers(make_url("foo://h/k"), domain=None)


def test_a_file_name_is_no_url() -> None:
    assert database_url("users.csv") is None


@pytest.mark.parametrize(
    "url",
    [
        "mysql+pymysql://kamailio:kamailiorw@localhost/kamailio",
        "postgresql+psycopg://kamailio@localhost/kamailio?password=kamailiorw",
    ],
)
def test_a_url_with_a_password_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUnreadable) as refused:
        database_url(url)
    assert "kamailiorw" not in str(refused.value)


def test_what_only_looks_like_a_url_is_refused() -> None:
    with pytest.raises(DatabaseUnreadable, match="no URL of a database"):
        database_url("://")
