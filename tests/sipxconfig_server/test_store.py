import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from sipxconfig_server.errors import InventoryUnusable
from sipxconfig_server.records import ExternalAccount, PhoneRecord, User
from sipxconfig_server.schema import SCHEMA_VERSION
from sipxconfig_server.store import Inventory, NoRoomForLine, RecordRefused, UserHasLine

RECORD = PhoneRecord("0004f2000001", "polycomVVX410", "polycom5.4.3", "words")
ACCOUNT = ExternalAccount("ext1", None, "pw", "sip.example.net", None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inventory.sqlite"


def test_the_file_is_its_owners_alone_with_all_that_lies_beside_it(path: Path) -> None:
    inventory = Inventory(path)
    inventory.add_user("200", display_name="Ann", sip_password="secret")
    beside = list(path.parent.iterdir())
    assert {found.name for found in beside} >= {path.name, f"{path.name}-wal"}
    assert {found.stat().st_mode & 0o777 for found in beside} == {0o600}
    inventory.close()


def test_everything_is_there_after_a_restart(path: Path) -> None:
    first = Inventory(path)
    first.add_user("200", display_name="Ann", sip_password="secret")
    phone_id = first.add_phone(RECORD)
    first.add_line(phone_id, User("200", "", ""), max_lines=2)
    first.add_line(phone_id, ACCOUNT, max_lines=2)
    first.close()
    second = Inventory(path)
    phone = second.phone(1000)
    assert phone is not None
    assert phone.record == RECORD
    assert [line.owner for line in phone.lines] == [User("200", "Ann", "secret"), ACCOUNT]
    assert second.phone_with_serial("0004f2000001") == phone
    second.close()


def test_ids_are_never_used_twice(path: Path) -> None:
    inventory = Inventory(path)
    assert inventory.add_phone(RECORD) == 1000
    inventory.delete_phone(1000)
    assert inventory.add_phone(RECORD) == 1001
    inventory.close()


def test_the_unique_index_decides_a_race(path: Path) -> None:
    one, other = Inventory(path), Inventory(path)
    one.add_phone(RECORD)
    with pytest.raises(RecordRefused):
        other.add_phone(RECORD)
    second = other.add_phone(PhoneRecord("0004f2000002", "polycomVVX410", None, None))
    with pytest.raises(RecordRefused):
        one.replace_phone(second, RECORD)
    assert len(one.phones()) == 2
    one.close()
    other.close()


def test_a_phones_lines_go_with_it_and_need_a_phone(path: Path) -> None:
    inventory = Inventory(path)
    phone_id = inventory.add_phone(RECORD)
    line_id = inventory.add_line(phone_id, ACCOUNT, max_lines=1)
    with pytest.raises(NoRoomForLine):
        inventory.add_line(phone_id, ACCOUNT, max_lines=1)
    inventory.delete_phone(phone_id)
    assert inventory.line(line_id) is None
    with pytest.raises(RecordRefused):
        inventory.add_line(phone_id, ACCOUNT, max_lines=1)
    inventory.close()


def test_a_user_added_again_is_replaced_and_keeps_their_lines(path: Path) -> None:
    inventory = Inventory(path)
    inventory.add_user("200", display_name="Ann", sip_password="old")
    line_id = inventory.add_line(inventory.add_phone(RECORD), User("200", "", ""), max_lines=1)
    inventory.add_user("200", display_name="Ann B.", sip_password="new")
    line = inventory.line(line_id)
    assert line is not None
    assert line.owner == inventory.user("200") == User("200", "Ann B.", "new")
    assert "new" not in repr(line)
    inventory.close()


def test_a_user_with_a_line_is_removed_only_together_with_it(path: Path) -> None:
    inventory = Inventory(path)
    inventory.add_user("200", display_name="Ann", sip_password="secret")
    inventory.add_user("201", display_name="Bob", sip_password="secret")
    phone_id = inventory.add_phone(RECORD)
    inventory.add_line(phone_id, User("200", "", ""), max_lines=3)
    inventory.add_line(phone_id, User("200", "", ""), max_lines=3)
    inventory.add_line(phone_id, ACCOUNT, max_lines=3)
    assert inventory.serials_by_user() == {"200": [RECORD.serial_number]}
    with pytest.raises(UserHasLine):
        inventory.remove_user("200", with_lines=False)
    assert inventory.remove_user("200", with_lines=True)
    assert not inventory.remove_user("200", with_lines=True)
    assert inventory.users() == [User("201", "Bob", "secret")]
    (phone,) = inventory.phones()
    assert [line.owner for line in phone.lines] == [ACCOUNT]
    inventory.close()


def test_a_newer_versions_file_is_left_alone(path: Path) -> None:
    Inventory(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(InventoryUnusable, match="newer version"):
        Inventory(path)


def test_another_programs_file_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE theirs (x)")
    with pytest.raises(InventoryUnusable, match="another program"):
        Inventory(path)
    path.write_bytes(b"this is a text, and a rather long one at that, but no database" * 20)
    with pytest.raises(InventoryUnusable, match="cannot be used"):
        Inventory(path)


def test_a_folder_that_is_not_there_is_an_error_of_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Inventory(tmp_path / "missing" / "inventory.sqlite")


def test_a_broken_file_is_told_and_not_taken_for_an_empty_one(path: Path) -> None:
    inventory = Inventory(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE phone")
    with pytest.raises(OperationalError):
        inventory.phones()
    inventory.close()


def test_a_user_who_cannot_be_written_now_is_told_with_the_file(path: Path) -> None:
    with closing(Inventory(path)) as inventory:
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE user")  # the file was damaged meanwhile
            other.commit()
        with pytest.raises(InventoryUnusable, match=path.name):
            inventory.add_user("200", display_name="Ada", sip_password="secret")
