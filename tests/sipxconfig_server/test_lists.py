"""Lists of many phones: they stream, in pages or whole."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.records import ExternalAccount, PhoneRecord
from sipxconfig_server.store import Inventory

PHONES = 450


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with closing(Inventory(tmp_path / "inventory.sqlite")) as opened:
        for number in range(PHONES):
            opened.add_phone(PhoneRecord(f"0004f2{number:06x}", "polycomVVX410", "polycom5.4.3", "words"))
        yield opened


@pytest.fixture
def client(inventory: Inventory) -> FlaskClient:
    admin = AdminAccount("superadmin", "admin123")
    return create_app(
        inventory, credentials=admin, realm="example.org", sip_domain="example.org", internal=True
    ).test_client()


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
def test_the_first_phones_are_sent_before_the_last_are_read(
    accept: str, client: FlaskClient, inventory: Inventory
) -> None:
    answer = client.get("/sipxconfig/api/phones", headers={"Accept": accept}, buffered=False)
    pieces = answer.iter_encoded()
    begin = next(pieces) + next(pieces)
    assert b"0004f2000000" in begin
    inventory.delete_phone(1000 + PHONES - 1)
    whole = begin + b"".join(pieces)
    assert whole.count(b"polycomVVX410") == PHONES - 1
    answer.close()


def test_a_streamed_list_is_whole_and_in_order(client: FlaskClient) -> None:
    phones = json.loads(client.get("/sipxconfig/api/phones").data)["phones"]
    assert [phone["id"] for phone in phones] == list(range(1000, 1000 + PHONES))


def test_pages_and_the_whole_list_can_be_of_unassigned_phones_alone(client: FlaskClient, inventory: Inventory) -> None:
    account = ExternalAccount("ext1", None, "pw", "sip.example.net", None)
    for phone_id in range(1000, 1400):
        inventory.add_line(phone_id, account, max_lines=1)
    whole = json.loads(client.get("/sipxconfig/api/phones?unassigned=true").data)["phones"]
    assert [phone["id"] for phone in whole] == list(range(1400, 1450))
    page = json.loads(client.get("/sipxconfig/api/phones?unassigned=true&start=10&limit=5").data)["phones"]
    assert page == whole[10:15]


def test_a_list_that_cannot_be_read_at_all_is_a_failure_and_no_empty_list(
    client: FlaskClient, inventory: Inventory, tmp_path: Path
) -> None:
    inventory.close()
    (tmp_path / "inventory.sqlite").write_bytes(b"no database any more" * 500)
    for name in ("inventory.sqlite-wal", "inventory.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    assert client.get("/sipxconfig/api/phones").status_code == 500


def test_phones_are_found_by_a_part_of_their_lines_name(client: FlaskClient, inventory: Inventory) -> None:
    inventory.add_user("200", display_name="Ann", sip_password="secret")
    ann = inventory.user("200")
    assert ann is not None
    inventory.add_line(1003, ann, max_lines=2)
    inventory.add_line(1003, ExternalAccount("x2001", None, "pw", "sip.example.net", None), max_lines=2)
    inventory.add_line(1001, ann, max_lines=2)
    found = json.loads(client.get("/sipxconfig/api/phones/line?lineFilter=200").data)["phones"]
    assert [phone["id"] for phone in found] == [1001, 1003, 1003]
