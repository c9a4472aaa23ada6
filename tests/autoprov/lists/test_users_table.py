import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url

from autoprov.lists.users_table import DatabaseUnreadable, database_url, read_subscribers

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


def test_a_driver_that_is_missing_is_named() -> None:
    with pytest.raises(DatabaseUnreadable, match="install the database's driver"):
        read_subscribers(make_url("oracle+oracledb://k@h/k"), domain=None)


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
