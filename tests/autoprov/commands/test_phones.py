import json
from collections.abc import Generator
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from sipxconfig_client.errors import NotOffered
from sipxconfig_server.era import Era
from tests.autoprov.commanding import Installation, installation
from tests.autoprov_queue.values import nth_mac

MAC = MacAddress("0004f2abcdef")
OTHER = MacAddress("64167f000001")
CSV = f"""mac,model,version,description,lines
{MAC},polycomVVX410,polycom5.5.2,Reception,201
{OTHER},polycom335,,,
"""


@pytest.fixture
def here(tmp_path: Path) -> Generator[Installation]:
    with installation(tmp_path) as made:
        yield made


@pytest.fixture(params=[Era.A, Era.B, Era.C], ids=lambda era: f"era {era.value}")
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Installation]:
    with installation(tmp_path, era=request.param) as made:
        yield made


def rows(count: int) -> str:
    return "mac,model\n" + "".join(f"{nth_mac(number)},polycomVVX410\n" for number in range(count))


def serial_numbers(here: Installation) -> list[str]:
    return [phone.record.serial_number for phone in here.system.inventory.phones()]


def test_phones_of_a_file_are_created_with_their_lines(here: Installation) -> None:
    result = here.run("phones", "import", "-", stdin=CSV)
    assert (result.exit_code, result.output) == (0, "created: 2; bad: 0\n")
    assert (here.users(MAC), here.phone(MAC).description) == (["201"], "Reception")
    assert (here.phone(OTHER).version, here.phone(OTHER).is_unassigned) == ("polycom4.0.X", True)
    assert here.ordered() == []  # no phone of the file has ever registered


def test_an_import_can_be_made_again_and_changes_nothing(here: Installation) -> None:
    here.run("phones", "import", "-", stdin=CSV)
    before = list(here.client.all_phones())
    result = here.run("phones", "import", "-", stdin=CSV)
    assert (result.exit_code, result.output) == (0, "there already: 2; bad: 0\n")
    assert list(here.client.all_phones()) == before


def test_what_is_exported_can_be_imported_elsewhere(here: Installation, tmp_path: Path) -> None:
    here.run("phones", "import", "-", stdin=CSV)
    exported = here.run("phones", "--csv").output
    (tmp_path / "elsewhere").mkdir()
    with installation(tmp_path / "elsewhere") as elsewhere:
        assert elsewhere.run("phones", "import", "-", stdin=exported).exit_code == 0
        assert elsewhere.run("phones", "--csv").output == exported
        assert len(json.loads(elsewhere.run("phones", "--json", "--unassigned").output)) == 1


def test_with_a_bad_row_nothing_is_done_unless_bad_rows_are_skipped(here: Installation) -> None:
    text = CSV + "0004f2,polycomVVX410,,,\n0004f2000009,noSuchPhone,,,\n0004f2000008,polycom335,polycom9.9,,\n"
    result = here.run("phones", "import", "-", stdin=text)
    assert (result.exit_code, serial_numbers(here)) == (1, [])
    for words in ("line 4: '0004f2' is not a MAC", "line 5: 0004f2000009: the config", "line 6: 0004f2000008: polycom"):
        assert words in result.output
    assert "nothing was done" in result.output
    result = here.run("phones", "import", "--skip-bad", "-", stdin=text)
    assert (result.exit_code, sorted(serial_numbers(here))) == (1, sorted(map(str, (MAC, OTHER))))
    assert "created: 2; bad: 3" in result.output


def test_a_file_without_phones_is_an_error(here: Installation, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("mac,model\n", encoding="utf-8")
    result = here.run("phones", "import", str(tmp_path / "empty.csv"))
    assert (result.exit_code, "no phones stand below its first line" in result.output) == (1, True)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(here: Installation) -> None:
    here.add(OTHER)
    result = here.run("phones", "import", "--dry-run", "-", stdin=CSV)
    assert (result.exit_code, result.output) == (0, "would be created: 1; there already: 1; bad: 0\n")
    facts = json.loads(here.run("phones", "import", "--dry-run", "--json", "-", stdin=CSV).output)
    assert facts == {"would be created": [str(MAC)], "there already": [str(OTHER)], "bad": []}
    assert serial_numbers(here) == [str(OTHER)]


def test_a_phone_that_is_there_keeps_what_it_has_and_the_result_says_so(here: Installation) -> None:
    here.add(MAC, "205", description="Kitchen")
    here.add(OTHER)
    here.has_registered(OTHER)
    result = here.run("phones", "import", "-", stdin=CSV.replace(",,,", ",,,202"))
    assert result.exit_code == 1
    assert f"line 2: {MAC}: refused: there already, and keeps its line 205" in result.output
    assert (here.users(MAC), here.phone(MAC).description, here.users(OTHER)) == (["205"], "Kitchen", ["202"])
    assert here.ordered() == [(OrderKind.FOLLOW, OTHER)]


def test_a_user_whom_nobody_knows_is_named_beside_the_phone_that_was_created(here: Installation) -> None:
    result = here.run("phones", "import", "-", stdin=CSV.replace(",201", ",nobody"))
    assert result.exit_code == 1
    assert f"line 2: {MAC}: refused: created, but without all of its lines: the config system knows no" in result.output
    assert sorted(serial_numbers(here)) == sorted(map(str, (MAC, OTHER)))


def test_old_generations_get_batches_without_lines(old: Installation) -> None:
    assert "takes no lines" in old.run("phones", "import", "-", stdin=CSV).output
    result = old.run("phones", "import", "-", stdin=rows(45))
    assert (result.exit_code, result.output) == (0, "taken: 45; bad: 0\n")
    assert serial_numbers(old) == [str(nth_mac(number)) for number in range(45)]


def test_where_an_old_generation_lists_no_phones_our_own_records_stand_and_say_so(old: Installation) -> None:
    old.has_registered(MAC, unique_id="KTM4PX")
    result = old.run("phones")
    assert result.exit_code == 0
    assert all(words in result.output for words in ("KTM4PX", "created: as phone 1000", "our own records"))
    (facts,) = json.loads(old.run("phones", "--json").stdout)
    assert (facts["mac"], facts["lines"]) == (str(MAC), None)
    assert isinstance(old.run("phones", "--csv").exception, NotOffered)
