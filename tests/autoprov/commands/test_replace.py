from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from tests.autoprov.commanding import installation

OLD, NEW = MacAddress("0004f2abcdef"), MacAddress("64167f000001")


def test_a_phone_is_replaced_by_the_ids_on_the_screens(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.add(OLD, "201", description="Reception")
        here.add(NEW, model_id="polycom335")
        here.has_registered(NEW, unique_id="KTM4PX")
        result = here.run("replace", str(OLD), "KTM4PX")
        assert result.exit_code == 0, result.output
        assert (here.users(OLD), here.users(NEW)) == ([], ["201"])
        assert here.phone(NEW).description == "Reception"
        assert here.phone(OLD).description.startswith("Auto-provisioned\n  ID: ")
        assert {mac for kind, mac in here.ordered() if kind is OrderKind.FOLLOW} == {OLD, NEW}
        assert f"{OLD} stands under - unassigned -" in result.output


def test_what_cannot_be_replaced_is_one_line_and_a_failure(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.add(OLD, "201")
        result = here.run("replace", str(OLD), str(NEW))
        assert (result.exit_code, "plug it in" in result.output, "nothing was changed" in result.output) == (
            1,
            True,
            True,
        )


def test_the_old_phone_can_be_deleted(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.add(OLD, "201")
        here.add(NEW)
        assert here.run("replace", "--delete-old", str(OLD), str(NEW)).exit_code == 0
        assert (here.client.phone(OLD), here.users(NEW)) == (None, ["201"])
