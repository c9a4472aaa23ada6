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
        log.saw(Sighting(MAC, NOON, Stage.FETCH, "registration file", "ID KTM4PX, a.cfg, VVX_410 5.9.5"))
        log.saw(Sighting(MAC, NOON, Stage.FETCH, "503: discovery is closed", "a.cfg, VVX_410 5.9.5", "192.168.7.31"))
        log.saw(Sighting(MAC, NOON, Stage.REGISTER, "registered", "[b]", "192.168.7.31"))
    return settings


def timeline(settings: Settings, *words: str) -> str:
    result = CliRunner().invoke(commands, ["timeline", "--settings", str(settings.file), *words])
    assert result.exit_code == 0
    return result.output


def test_the_timeline_says_what_a_phone_was_told_and_why(settings: Settings) -> None:
    lines = timeline(settings, str(MAC)).splitlines()
    assert ["503: discovery is closed" in lines[2], "registered" in lines[3], "[b]" in lines[3]] == [True] * 3


def test_the_newest_can_be_asked_for_alone_and_as_json(settings: Settings) -> None:
    (only,) = json.loads(timeline(settings, "0004F2-ABCDEF", "--last", "1", "--json"))
    assert only == {
        "at": "2026-03-01T12:00:00+00:00",
        "stage": "register",
        "verdict": "registered",
        "detail": "[b]",
        "address": "192.168.7.31",
    }


def test_the_id_on_the_screen_names_the_phone_though_it_never_registered(settings: Settings) -> None:
    told, *lines = timeline(settings, "ktm4px").splitlines()
    assert told == f"KTM4PX is {MAC}"
    assert "ID KTM4PX, a.cfg" in lines[1]


def test_of_a_phone_that_was_never_seen_it_says_since_when_and_where_to_look(settings: Settings) -> None:
    told = timeline(settings, "0004f2000000")
    assert told.startswith(f"nothing was seen of 0004f2000000, since {NOON.astimezone():%Y-%m-%d %H:%M:%S}: neither")
    assert "http://192.168.7.2:8480/000000000000.cfg" in told
    assert "192.168.0.0/16" in told
    assert told.endswith("autoprov check\n")
    assert timeline(settings, "0004f2000000", "--json") == "[]\n"


def test_an_empty_timeline_says_that_no_phone_was_seen_at_all(settings: Settings) -> None:
    settings.sightings_file.unlink()
    assert timeline(settings, str(MAC)).startswith(f"nothing was seen of {MAC}, nor of any other phone: neither")
