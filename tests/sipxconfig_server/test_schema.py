import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sipxconfig_server.records import User
from sipxconfig_server.schema import SCHEMA_VERSION
from sipxconfig_server.store import Inventory

SCHEMA_1 = """
CREATE TABLE line (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    phone_id INTEGER NOT NULL,
    user_name VARCHAR(255),
    external_user_id VARCHAR(255),
    external_display_name VARCHAR(255),
    external_password VARCHAR(255),
    external_server VARCHAR(255),
    external_server_port VARCHAR(255),
    FOREIGN KEY(phone_id) REFERENCES phone (id) ON DELETE CASCADE,
    FOREIGN KEY(user_name) REFERENCES user (user_name) ON DELETE CASCADE
);
CREATE TABLE phone (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    serial_number VARCHAR(255) NOT NULL,
    model_id VARCHAR(64) NOT NULL,
    version VARCHAR(32),
    description VARCHAR(255) CHECK (length(description) <= 255),
    UNIQUE (serial_number)
);
CREATE TABLE user (
    user_name VARCHAR(255) NOT NULL,
    display_name VARCHAR(255) NOT NULL,
    sip_password VARCHAR(255) NOT NULL,
    PRIMARY KEY (user_name)
);
CREATE INDEX ix_line_phone_id ON line (phone_id);
INSERT INTO user VALUES ('200', 'Ann', 'secret');
INSERT INTO phone VALUES (1007, '0004f2000001', 'polycomVVX410', 'polycom5.4.3', 'words');
INSERT INTO line VALUES (1003, 1007, '200', NULL, NULL, NULL, NULL, NULL);
PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file as the first release wrote it."""
    path = tmp_path / "inventory.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(SCHEMA_1)
    return path


def test_a_file_of_the_first_release_is_used_as_it_is(path: Path) -> None:
    with closing(Inventory(path)) as inventory:
        phone = inventory.phone_with_serial("0004f2000001")
        assert phone is not None
        assert (phone.id, phone.record.description, phone.groups) == (1007, "words", ())
        assert [line.owner for line in phone.lines] == [User("200", "Ann", "secret")]
        inventory.groups.add_phone(1007, "lobby")
        assert inventory.groups.phone_ids("lobby") == [1007]


def test_an_upgraded_file_has_what_a_new_one_has(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "new.sqlite"
    for file in (path, other):
        Inventory(file).close()
    assert made_of(path) == made_of(other)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_an_upgrade_is_done_once_and_by_whoever_comes_first(path: Path) -> None:
    with closing(Inventory(path)) as one, closing(Inventory(path)) as other:
        assert one.phones() == other.phones()


def made_of(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return set(database.execute("SELECT type, name FROM sqlite_master"))
