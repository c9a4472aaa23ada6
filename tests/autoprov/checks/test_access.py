from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.checks.access import check_access
from autoprov.checks.finding import Level
from autoprov.demo.site import demo_settings
from autoprov.settings.access import PilotSettings
from autoprov.settings.settings import Settings
from autoprov.window import close_window, open_window
from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_worker.spool import SpoolWriter

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = demo_settings(tmp_path)
    made.web_directory.mkdir()
    return made


def told(settings: Settings, level: Level, **changed: object) -> list[str]:
    with_access = replace(settings, access=replace(settings.access, **changed))  # type: ignore[arg-type]  # any key
    found = [finding for finding in check_access(with_access, now=NOW) if finding.level is level]
    assert level is Level.OK or all(finding.mend for finding in found)
    return [finding.what for finding in found]


def test_a_fresh_installation_needs_nothing_mended(settings: Settings) -> None:
    assert told(settings, Level.WARNING) + told(settings, Level.WRONG) == []
    assert any("10.0.0.0/8" in what for what in told(settings, Level.OK))


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "128.0.0.0/1"])
def test_networks_that_are_everybody_are_warned_of(settings: Settings, network: str) -> None:
    assert told(settings, Level.WARNING, networks=(network,)) == [f"[access] networks is open to everybody: {network}"]
    (what,) = told(settings, Level.WARNING, trusted_proxies=(network,))
    assert what.startswith("[access] trusted_proxies has everybody in it")


def test_an_address_that_phones_are_told_outside_of_the_networks_is_warned_of(settings: Settings) -> None:
    public = replace(settings, phones=replace(settings.phones, url="http://203.0.113.7:8480"))
    (what,) = told(public, Level.WARNING)
    assert "203.0.113.0/24 of [phones] url is in none" in what
    assert told(public, Level.WARNING, networks=("203.0.113.0/24",)) == []
    assert told(replace(public, phones=replace(public.phones, url="http://pbx.example.org")), Level.WARNING) == []


def test_open_discovery_is_warned_of_once_a_phone_has_files_of_its_own(settings: Settings) -> None:
    spool = SpoolWriter(settings.spool_directory)
    with spool.locked():
        spool.write(MacAddress("0004f2abcdee"), SpoolEntry(PhoneState.UNASSIGNED))
    assert told(settings, Level.WARNING) == []
    with spool.locked():
        spool.write(MacAddress("0004f2abcdef"), SpoolEntry(PhoneState.ASSIGNED))
    (what,) = told(settings, Level.WARNING)
    assert what.startswith("new phones are let in at all times: who asks with a phone's MAC before it has a line")
    assert "discovery is closed" in told(settings, Level.WARNING, discovery="closed")[0]
    assert told(settings, Level.WARNING, pilot=PilotSettings(("0004f2abcdef",), (), ())) == []
    beside_a_pbx = replace(settings, lines=replace(settings.lines, serve_own_files=False))
    assert told(beside_a_pbx, Level.WARNING) == []


def test_closed_discovery_without_a_window_is_warned_of(settings: Settings) -> None:
    (what,) = told(settings, Level.WARNING, discovery="closed")
    assert "discovery is closed, no window" in what
    open_window(settings, until=NOW + timedelta(hours=2))
    assert told(settings, Level.WARNING, discovery="closed") == []
    assert any("(2 h 0 min left)" in what for what in told(settings, Level.OK, discovery="closed"))
    close_window(settings)
    assert told(settings, Level.WARNING, discovery="closed") == [what]


def test_a_schedule_says_whether_phones_are_let_in_now(settings: Settings) -> None:
    always = ("Mon-Sun 00:00-24:00",)
    (what,) = [what for what in told(settings, Level.OK, discovery="scheduled", schedule=always) if "phones" in what]
    assert what == "new phones are let in now, by the schedule: Mon-Sun 00:00-24:00"
    (what,) = told(settings, Level.WARNING, schedule=always)
    assert what.startswith("[access] schedule: not used")


def test_an_empty_pilot_is_warned_of(settings: Settings) -> None:
    (what,) = told(settings, Level.WARNING, pilot=PilotSettings((), (), ()))
    assert "the pilot is empty" in what
    pilot = PilotSettings(("0004f2abcdef",), (), ("10.0.0.0/8",))
    assert told(settings, Level.WARNING, pilot=pilot) == []
    assert any("1 MACs, 0 OUIs, 1 networks" in what for what in told(settings, Level.OK, pilot=pilot))


def test_certificates_without_a_file_to_check_them_by_are_wrong(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "makers.pem"
    changed = {"certificates": "valid", "certificate_ca": str(file)}
    (what,) = told(settings, Level.WRONG, **changed)
    assert str(file) in what
    file.touch()
    assert told(settings, Level.WRONG, **changed) == []
