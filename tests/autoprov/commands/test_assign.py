from collections.abc import Generator
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_phones.short_hash import short_hash
from autoprov_queue.order import OrderKind
from sipxconfig_client.errors import Refused
from tests.autoprov.commanding import Installation, installation

MAC = MacAddress("0004f2abcdef")
OTHER = MacAddress("64167f000001")
UNIQUE_ID = "KTM4PX"


@pytest.fixture
def here(tmp_path: Path) -> Generator[Installation]:
    with installation(tmp_path) as made:
        made.add(MAC)
        yield made


def test_a_phone_is_assigned_by_its_mac_and_told_to_fetch_its_files(here: Installation) -> None:
    result = here.run("assign", "00:04:F2:AB:CD:EF", "201")
    assert (result.exit_code, here.users(MAC), here.ordered()) == (0, ["201"], [(OrderKind.FOLLOW, MAC)])
    assert f"{MAC} has its line" in result.output


def test_a_phone_is_assigned_by_the_id_on_its_screen(here: Installation) -> None:
    here.has_registered(MAC, unique_id=UNIQUE_ID)
    assert here.run("assign", UNIQUE_ID.lower(), "201").exit_code == 0
    assert here.users(MAC) == ["201"]


def test_an_id_that_the_queue_forgot_is_found_in_the_config_system(here: Installation) -> None:
    here.add(OTHER, description=f"Auto-provisioned\n  ID: {UNIQUE_ID}\n")
    assert here.run("assign", f"{UNIQUE_ID}", "201").exit_code == 0
    assert here.run("assign", short_hash(MAC), "202").exit_code == 0
    assert (here.users(OTHER), here.users(MAC)) == (["201"], ["202"])


def test_who_assigns_a_phone_that_learns_no_directory_is_told_to_let_it_in(tmp_path: Path) -> None:
    with installation(tmp_path, own_files_by="autoprov") as beside:
        beside.add(OTHER, model_id="polycom601")
        beside.add(MAC)
        assigned, again = (beside.run("assign", str(OTHER), "201") for _ in range(2))
        assert (assigned.exit_code, again.exit_code, beside.users(OTHER)) == (0, 0, ["201"])
        assert f"gets 503 until it is let in: autoprov pair {OTHER} --for 15m, then restart" in assigned.output
        assert f"autoprov pair {OTHER} --for 15m" in again.output
        assert "autoprov pair" not in beside.run("assign", str(MAC), "201").output


def test_beside_a_pbx_that_serves_phones_files_nobody_is_told_to_let_a_phone_in(tmp_path: Path) -> None:
    with installation(tmp_path, own_files_by="pbx") as beside:
        beside.add(OTHER, model_id="polycom601")
        assert "comes up with the line by itself" in beside.run("assign", str(OTHER), "201").output


def test_an_id_that_nobody_or_more_than_one_shows_assigns_nothing(here: Installation) -> None:
    result = here.run("assign", "CFHJKM", "201")
    assert (result.exit_code, "no phone shows 'CFHJKM'" in result.output) == (1, True)
    here.has_registered(MAC, unique_id=UNIQUE_ID)
    here.has_registered(OTHER, unique_id=UNIQUE_ID)
    result = here.run("assign", UNIQUE_ID, "201")
    assert (result.exit_code, f"{MAC}, {OTHER}" in result.output) == (1, True)
    assert here.users(MAC) == []


def test_assigning_the_same_again_is_done_with_and_another_line_is_not(here: Installation) -> None:
    here.run("assign", str(MAC), "201")
    again = here.run("assign", str(MAC), "201")
    assert (again.exit_code, "has that line already" in again.output) == (0, True)
    other = here.run("assign", str(MAC), "202")
    assert (other.exit_code, f"autoprov unassign {MAC}" in other.output) == (1, True)
    assert here.users(MAC) == ["201"]


def test_a_line_of_another_registrar_gets_its_password_from_standard_input(here: Installation) -> None:
    words = ("assign", str(MAC), "7001", "--registrar", "pbx.example.org", "--port", "5070", "--display-name", "Desk")
    assert here.run(*words).exit_code == 1  # no password
    result = here.run(*words, stdin="secret\n")
    (line,) = here.phone(MAC).lines
    assert (result.exit_code, "secret" in result.output) == (0, False)
    assert (line.user, line.user_id, line.password, line.registration_server_port) == (None, "7001", "secret", 5070)
    assert here.run(*words, stdin="secret\n").exit_code == 0


def test_what_the_config_system_refuses_is_for_main_to_say(here: Installation) -> None:
    refused = here.run("assign", str(MAC), "nobody").exception
    assert isinstance(refused, Refused)
    assert str(refused) == f"nobody for {MAC}: the config system knows no such user"
    assert "no longer, in the config system" in here.run("assign", str(OTHER), "201").output


def test_an_assigned_phone_is_unassigned_and_told(here: Installation) -> None:
    here.run("assign", str(MAC), "201")
    result = here.run("unassign", str(MAC))
    assert (result.exit_code, here.users(MAC), here.ordered()) == (0, [], [(OrderKind.FOLLOW, MAC)])
    assert "has lost its line: 201" in result.output
    assert "had no line" in here.run("unassign", str(MAC)).output
    assert here.run("unassign", str(OTHER)).exit_code == 1


def test_phones_are_re_synced_by_either_name(here: Installation) -> None:
    here.has_registered(OTHER, unique_id=UNIQUE_ID)
    assert here.run("resync", str(MAC), UNIQUE_ID).exit_code == 0
    assert here.ordered() == [(OrderKind.FOLLOW, MAC), (OrderKind.FOLLOW, OTHER)]


def test_a_phone_of_which_nobody_knows_is_not_re_synced(here: Installation) -> None:
    result = here.run("resync", str(MAC), str(OTHER))
    assert (result.exit_code, f"{OTHER} is not in the config system" in result.output) == (1, True)
    assert here.ordered() == []
