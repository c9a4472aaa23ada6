from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.user_import import Verdict, carry_out, plan
from autoprov_phones.mac import MacAddress
from sipxconfig_server.records import ExternalAccount, PhoneRecord, User
from sipxconfig_server.store import Inventory

MAC, OTHER = MacAddress("0004f2000001"), MacAddress("0004f2000002")
ANN = PbxUser(2, "200", "Ann", "old")


@pytest.fixture
def inventory(tmp_path: Path) -> Generator[Inventory]:
    with closing(Inventory(tmp_path / "inventory.sqlite")) as opened:
        yield opened


def carried_out(user: PbxUser, inventory: Inventory) -> list[MacAddress]:
    """Import this user; the phones that were ordered to be followed."""
    followed: list[MacAddress] = []
    (planned,) = plan([user], inventory)
    carry_out(planned, inventory, order_follow=followed.append)
    return followed


def give_line(serial_number: str, owner: User | ExternalAccount, inventory: Inventory) -> None:
    phone = inventory.add_phone(PhoneRecord(serial_number, "polycomVVX410", None, None))
    inventory.add_line(phone, owner, max_lines=4)


def test_a_user_that_nobody_knows_is_added(inventory: Inventory) -> None:
    assert [planned.verdict for planned in plan([ANN], inventory)] == [Verdict.NEW]
    assert inventory.user("200") is None
    assert carried_out(ANN, inventory) == []
    assert inventory.user("200") == User("200", "Ann", "old")


def test_the_same_import_again_changes_nothing(inventory: Inventory) -> None:
    carried_out(ANN, inventory)
    assert [planned.verdict for planned in plan([ANN], inventory)] == [Verdict.SAME]
    assert carried_out(ANN, inventory) == []


def test_another_password_reaches_the_phones_with_that_users_line_and_no_other(inventory: Inventory) -> None:
    carried_out(ANN, inventory)
    carried_out(PbxUser(3, "2001", "Other", "pw"), inventory)
    give_line(MAC.hex, User("200", "Ann", "old"), inventory)
    give_line(OTHER.hex, User("2001", "Other", "pw"), inventory)
    give_line("0004f2000003", ExternalAccount("200", None, "pw", "elsewhere", None), inventory)
    give_line("ann-softphone", User("200", "Ann", "old"), inventory)
    changed = PbxUser(2, "200", "Ann", "new")
    (planned,) = plan([changed], inventory)
    assert (planned.verdict, planned.changes, planned.phones) == (Verdict.CHANGED, ("SIP password",), (MAC,))
    assert carried_out(changed, inventory) == [MAC]
    assert inventory.user("200") == User("200", "Ann", "new")


def test_another_name_is_a_change_too(inventory: Inventory) -> None:
    carried_out(ANN, inventory)
    (planned,) = plan([PbxUser(2, "200", "Ann Lee", "old")], inventory)
    assert planned.changes == ("display name",)


def test_nobody_is_removed(inventory: Inventory) -> None:
    carried_out(ANN, inventory)
    carried_out(PbxUser(2, "201", "Bob", "pw"), inventory)
    assert inventory.user("200") is not None
