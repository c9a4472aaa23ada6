from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.checks.fetches import check_fetches
from autoprov.installation import initialise
from autoprov.openings import make_databases
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_web.rate_table import TOO_MANY_PHONES

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MAC = MacAddress("0004f2abcdef")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load_settings(initialise(tmp_path, address="192.168.7.2").settings_file)
    make_databases(settings)
    return settings


def seen(settings: Settings, verdict: str, *addresses: str, mac: MacAddress | None = MAC, minutes_ago: int = 1) -> None:
    with closing(SightingsLog(settings.sightings_file)) as log:
        log.start()
        for address in addresses:
            log.saw(Sighting(mac, NOW - timedelta(minutes=minutes_ago), Stage.FETCH, verdict, "", address))


def said(settings: Settings) -> list[str]:
    return [f"{finding.what}: {finding.mend}" for finding in check_fetches(settings, now=NOW)]


def test_nothing_is_said_where_no_phone_was_turned_away(settings: Settings) -> None:
    assert said(settings) == []
    seen(settings, "registration file", "192.168.7.31")
    seen(settings, "404: no such file", "192.168.7.31")
    assert said(settings) == []


def test_a_limit_is_told_with_its_key_and_the_address_that_hit_it(settings: Settings) -> None:
    seen(settings, f"503: {TOO_MANY_PHONES}", "192.168.9.1", "192.168.9.1", "192.168.7.31")
    (line,) = said(settings)
    assert (
        "3 requests got 503: too many phones of this address (from 192.168.9.1, 192.168.7.31, for 0004f2abcdef)" in line
    )
    assert "macs_per_hour" in line


def test_an_assigned_phone_without_proof_is_named_with_what_lets_it_in(settings: Settings) -> None:
    seen(settings, "503: assigned, and has not shown that it is this phone", "192.168.7.31")
    (line,) = said(settings)
    assert "for 0004f2abcdef" in line
    assert "autoprov pair MAC --for 15m" in line


def test_many_addresses_are_counted(settings: Settings) -> None:
    seen(settings, "404: outside of the networks", *(f"203.0.113.{number}" for number in range(5)), mac=None)
    (line,) = said(settings)
    assert "from 203.0.113.0, 203.0.113.1, 203.0.113.2 and 2 more)" in line


def test_what_is_older_than_an_hour_is_not_told(settings: Settings) -> None:
    seen(settings, "503: discovery is closed", "192.168.7.31", minutes_ago=61)
    assert said(settings) == []
