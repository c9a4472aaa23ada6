"""``autoprov user`` on the inventory that an installation brings with it."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autoprov.cli import commands
from autoprov.demo.site import demo_settings
from autoprov.openings import make_databases, open_inventory, open_queue
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from sipxconfig_server.records import PhoneRecord, User
from tests.autoprov.commanding import installation

DESK, LOBBY = MacAddress("0004f2abcdef"), MacAddress("64167f000001")
SOFTPHONE = "ann-at-home"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Ann has two phones and a softphone, and shares the one in the lobby with Bob; Carol has none."""
    made = demo_settings(tmp_path)
    make_databases(made)
    with open_inventory(made) as inventory:
        for name, display_name in (("201", "Ann [ext]"), ("202", "Bob"), ("203", "Carol")):
            inventory.add_user(name, display_name=display_name, sip_password="hunter2")
        for serial, owners in ((str(DESK), ["201"]), (str(LOBBY), ["201", "202"]), (SOFTPHONE, ["201"])):
            phone_id = inventory.add_phone(PhoneRecord(serial, "polycomVVX410", None, None))
            for owner in owners:
                inventory.add_line(phone_id, User(owner, "", ""), max_lines=4)
    return made


def user(settings: Settings, *words: str, stdin: str = "secret\n") -> Result:
    action, *rest = words
    return CliRunner().invoke(commands, ["user", action, "--settings", str(settings.file), *rest], input=stdin)


def users(settings: Settings) -> Sequence[str]:
    with open_inventory(settings) as inventory:
        return [each.user_name for each in inventory.users()]


def followed(settings: Settings) -> list[MacAddress]:
    with open_queue(settings) as queue:
        return [order.mac for order in queue.pending_orders() if order.kind is OrderKind.FOLLOW]


def test_users_are_listed_with_their_phones_and_without_their_passwords(settings: Settings) -> None:
    shown = user(settings, "list").output
    (ann,) = [line for line in shown.splitlines() if line.startswith(" 201")]
    assert ann.rstrip().split(maxsplit=3) == ["201", "Ann", "[ext]", f"{DESK}, {LOBBY}, {SOFTPHONE}"]
    listed = user(settings, "list", "--json").output
    assert json.loads(listed)[1] == {"user_name": "202", "display_name": "Bob", "phones": [str(LOBBY)]}
    assert "hunter2" not in shown + listed


def test_without_users_the_ways_to_add_them_are_told(tmp_path: Path) -> None:
    fresh = demo_settings(tmp_path)
    assert user(fresh, "list").output == "no users; autoprov user add, or: autoprov user import\n"
    assert json.loads(user(fresh, "list", "--json").output) == []


def test_a_changed_password_reaches_the_phones_and_leaves_the_name(settings: Settings) -> None:
    changed = user(settings, "add", "201", stdin="swordfish\n")
    with open_inventory(settings) as inventory:
        assert inventory.user("201") == User("201", "Ann [ext]", "swordfish")
    assert followed(settings) == [DESK, LOBBY]
    assert f"{DESK} has its line, and is told to fetch its files" in changed.output
    assert "swordfish" not in changed.output


def test_a_user_as_before_is_there_and_no_phone_is_told(settings: Settings) -> None:
    assert user(settings, "add", "201", stdin="hunter2\n").output == "user 201 is there\n"
    assert followed(settings) == []


def test_a_user_without_a_phone_is_removed(settings: Settings) -> None:
    assert user(settings, "remove", "203").output == "user 203 is removed\n"
    assert (users(settings), followed(settings)) == (["201", "202"], [])


def test_a_user_whose_line_is_on_phones_stays_and_the_phones_are_named(settings: Settings) -> None:
    refused = user(settings, "remove", "201")
    assert refused.exit_code == 1
    assert f"the line of 201 is on {DESK}, {LOBBY}, {SOFTPHONE}: nothing was removed" in refused.output
    assert users(settings) == ["201", "202", "203"]
    with open_inventory(settings) as inventory:
        assert inventory.serials_by_user()["201"] == [str(DESK), str(LOBBY), SOFTPHONE]


def test_told_to_the_users_line_goes_from_the_phones_and_no_other(settings: Settings) -> None:
    removed = user(settings, "remove", "201", "--unassign")
    assert (removed.exit_code, users(settings)) == (0, ["202", "203"])
    with open_inventory(settings) as inventory:
        assert inventory.serials_by_user() == {"202": [str(LOBBY)]}
        assert len(inventory.phones()) == 3
    assert followed(settings) == [DESK, LOBBY]
    assert removed.output.count("is told to fetch its files") == 2


def test_where_phones_cannot_be_told_nothing_is_removed(settings: Settings) -> None:
    file = settings.queue_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = user(settings, "remove", "201", "--unassign")
    assert (refused.exit_code, users(settings)) == (1, ["201", "202", "203"])


def test_a_user_that_is_not_there_cannot_be_removed(settings: Settings) -> None:
    unknown = user(settings, "remove", "204")
    assert (unknown.exit_code, "there is no user 204; see: autoprov user list" in unknown.output) == (1, True)


@pytest.mark.parametrize("words", [("list",), ("add", "201"), ("remove", "201"), ("import", "users.csv")])
def test_the_users_of_a_sipxconfig_are_not_ours(tmp_path: Path, words: tuple[str, ...]) -> None:
    with installation(tmp_path) as here:
        told = user(here.settings, *words)
        assert (told.exit_code, "the config system is a sipXconfig" in told.output) == (1, True)
        assert not here.settings.inventory_file.exists()
