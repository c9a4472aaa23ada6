import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from autoprov.cli import commands
from autoprov.installation import initialise
from autoprov.openings import make_databases
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting, Stage

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MAC = MacAddress("0004f2abcdef")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load_settings(initialise(tmp_path, address="192.168.7.2").settings_file)
    make_databases(settings)
    with closing(SightingsLog(settings.sightings_file)) as log:
        log.start()
        log.saw(Sighting(MAC, NOON, Stage.FETCH, "503: discovery is closed", "a.cfg, VVX_410 5.9.5", "192.168.7.31"))
        log.saw(Sighting(MAC, NOON, Stage.REGISTER, "registered", "[b]", "192.168.7.31"))
    return settings


def timeline(settings: Settings, *words: str) -> str:
    result = CliRunner().invoke(commands, ["timeline", "--settings", str(settings.file), *words])
    assert result.exit_code == 0
    return result.output


def test_the_timeline_says_what_a_phone_was_told_and_why(settings: Settings) -> None:
    lines = timeline(settings, str(MAC)).splitlines()
    assert ["503: discovery is closed" in lines[1], "registered" in lines[2], "[b]" in lines[2]] == [True] * 3


def test_the_newest_can_be_asked_for_alone_and_as_json(settings: Settings) -> None:
    (only,) = json.loads(timeline(settings, "0004F2-ABCDEF", "--last", "1", "--json"))
    assert only == {
        "at": "2026-03-01T12:00:00+00:00",
        "stage": "register",
        "verdict": "registered",
        "detail": "[b]",
        "address": "192.168.7.31",
    }


def test_a_phone_that_was_never_seen_is_no_error(settings: Settings) -> None:
    assert timeline(settings, "0004f2000000") == "never seen\n"
