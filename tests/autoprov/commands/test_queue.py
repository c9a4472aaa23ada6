import json
from pathlib import Path

from autoprov_phones.mac import MacAddress
from tests.autoprov.commanding import installation

MAC = MacAddress("0004f2abcdef")


def test_an_entry_is_shown_with_its_answer_and_the_orders_that_are_not_done(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.has_registered(MAC, unique_id="KTM4PX")
        here.run("resync", str(MAC))
        shown = here.run("queue", "show", str(MAC)).output
        assert all(words in shown for words in ("KTM4PX", "VVX_410", "created: as phone 1000", "follow, 0 attempts"))
        facts = json.loads(here.run("queue", "show", "00-04-F2-AB-CD-EF", "--json").output)
        assert (facts["unique_id"], facts["orders"][0]["kind"]) == ("KTM4PX", "follow")


def test_the_id_on_the_screen_names_the_phone_for_every_command_of_the_queue(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        here.has_registered(MAC, unique_id="KTM4PX")
    assert str(MAC) in here.run("queue", "show", "ktm4px").output
    assert here.run("queue", "retry", "KTM4PX").output == f"{MAC} is due now\n"
    assert here.run("queue", "forget", "KTM4PX").output == f"{MAC} is forgotten\n"


def test_an_id_that_nobody_shows_and_one_that_nobody_could_show_are_told_apart(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        unknown = here.run("queue", "forget", "KTM4PX")
        misread = here.run("queue", "forget", "KTM4PO")
    assert (unknown.exit_code, "say its MAC address" in unknown.output) == (1, True)
    assert (misread.exit_code, "there are no vowels" in misread.output) == (2, True)


def test_a_phone_that_is_not_in_the_queue_is_a_failure(tmp_path: Path) -> None:
    with installation(tmp_path) as here:
        result = here.run("queue", "show", str(MAC))
        assert (result.exit_code, f"{MAC} is not in the queue" in result.output) == (1, True)
