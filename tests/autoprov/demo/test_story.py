from datetime import UTC, datetime

import pytest

from autoprov.demo.story import StoryTeller
from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting, Stage

MAC = MacAddress("0004f2abcdef")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REGISTERED = {"user": "~~id~autoprovision", "server": "127.0.0.1:5066", "display_name": "KTM4PX-0004f2abcdef"}


def fetch(name: str, status: int | None, program: str = "Application") -> dict[str, object]:
    return {"url": f"http://127.0.0.1:8480/{name}", "status": status, "program": program}


def texts(teller: StoryTeller, event: str, facts: dict[str, object] | None = None) -> list[tuple[int, str]]:
    return [(line.step, line.text) for line in teller.phone_event(MAC, event, facts or {})]


def test_a_boot_is_one_line_once_the_bootstrap_file_was_asked_for() -> None:
    teller = StoryTeller()
    assert texts(teller, "fetch", fetch("0004f2abcdef.cfg", 404)) == []
    assert texts(teller, "fetch", fetch("000000000000.cfg", 200)) == [
        (1, "GET 0004f2abcdef.cfg 404, then 000000000000.cfg 200")
    ]


def test_the_updaters_pass_and_optional_files_are_not_told() -> None:
    teller = StoryTeller()
    assert texts(teller, "fetch", fetch("000000000000.cfg", 200, program="Updater")) == []
    assert texts(teller, "fetch", fetch("0004f2abcdef-phone.cfg", 404)) == []
    assert texts(teller, "fetch", fetch("3111-44500-001.sip.ld", 404)) == []


def test_a_server_that_does_not_answer_is_said_so() -> None:
    assert texts(StoryTeller(), "fetch", fetch("0004f2abcdef-registration.cfg", None)) == [
        (2, "GET 0004f2abcdef-registration.cfg no answer")
    ]


def test_the_unique_id_is_told_as_the_screen_shows_it() -> None:
    assert texts(StoryTeller(), "screen", {"label": "KTM4PX"}) == [(2, "its screen shows  [ KTM4PX ]")]


def test_a_phone_that_is_told_its_own_directory_says_why_it_boots_again() -> None:
    told = texts(StoryTeller(), "boot-server", {"url": "http://127.0.0.1:8480/own/TOKEN"})
    assert told == [(2, "is told its own directory, restarts and boots from there")]


def test_what_the_system_saw_waits_until_the_phone_has_told_that_it_registered() -> None:
    teller = StoryTeller()
    assert teller.sighting(Sighting(MAC, NOW, Stage.REGISTER, "registered", "VVX_410 5.9.5.0614")) == []
    assert teller.sighting(Sighting(MAC, NOW, Stage.CONFIG, "created", "as phone 1000")) == []
    assert [step for step, _ in texts(teller, "registered", dict(REGISTERED))] == [3, 4, 5]


def test_after_the_assignment_everything_is_the_sixth_step() -> None:
    teller = StoryTeller()
    texts(teller, "registered", dict(REGISTERED))
    followed = teller.sighting(Sighting(MAC, NOW, Stage.CONFIG, "followed", "assigned"))
    told = [
        *texts(teller, "check-sync"),
        *texts(teller, "fetch", fetch("0004f2abcdef-lines.cfg", 200)),
        *texts(teller, "screen", {"label": "200"}),
        *texts(teller, "registered", {"user": "200"}),
    ]
    assert [line.step for line in followed] + [step for step, _ in told] == [6] * 5


def test_a_registration_taken_back_by_an_assigned_phone_is_not_the_hooks_story() -> None:
    teller = StoryTeller()
    teller.assigned(MAC, "200")
    assert teller.sighting(Sighting(MAC, NOW, Stage.REGISTER, "not ours", "took its registration back")) == []


@pytest.mark.parametrize("event", ["boot", "register", "unregistered", "something new"])
def test_smaller_steps_have_no_line(event: str) -> None:
    assert texts(StoryTeller(), event) == []


def test_a_failure_is_told_with_its_reason() -> None:
    facts: dict[str, object] = {"user": "~~id~autoprovision", "reason": "wrong password", "status": 401}
    ((step, text),) = texts(StoryTeller(), "register-failed", facts)
    assert step == 3
    assert "wrong password" in text
