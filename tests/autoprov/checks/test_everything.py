import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.checks.everything import check_settings
from autoprov.checks.finding import Finding, Level
from autoprov.demo.site import demo_settings
from autoprov.openings import make_databases, open_queue
from autoprov.settings.reader import Listen
from autoprov.settings.secret_files import Secrets
from autoprov.settings.settings import Settings
from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag
from autoprov_phones.sipxconfig_models import OperatorModel
from autoprov_phones.unique_id import UniqueId
from autoprov_queue.entry import Rejected
from tests.peers.config_system import ADMIN, ConfigSystem, config_system

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = demo_settings(tmp_path)
    make_databases(made)
    return made


def findings(settings: Settings, level: Level) -> list[Finding]:
    return [finding for finding in check_settings(settings, now=NOW) if finding.level is level]


def wrong(settings: Settings) -> str:
    """All that is wrong, with its remedies; every one has a remedy."""
    found = findings(settings, Level.WRONG)
    assert all(finding.mend for finding in found)
    return "\n".join(f"{finding.what} {finding.mend}" for finding in found)


def beside(settings: Settings, there: ConfigSystem, *, password: str = ADMIN.password) -> Settings:
    return replace(
        settings,
        config_system=replace(settings.config_system, kind="sipxconfig", url=there.base_url, user_name=ADMIN.user_name),
        secrets=Secrets(settings.secrets.installation_key, settings.secrets.sip_password, password),
    )


def test_a_fresh_installation_on_loopback_works_but_no_phone_could_reach_it(settings: Settings) -> None:
    assert wrong(settings) == ""
    warnings = [finding.what for finding in findings(settings, Level.WARNING)]
    assert any(what.startswith("[phones] url tells phones 127.0.0.1") for what in warnings)


def test_a_missing_state_directory_names_the_command_that_makes_it(settings: Settings, tmp_path: Path) -> None:
    usual = replace(settings, file=tmp_path / "new" / "autoprov.toml", state_directory=tmp_path / "new" / "state")
    assert f"autoprov init {tmp_path / 'new'}" in wrong(usual)
    assert f"mkdir -p -m 750 {tmp_path / 'gone'}" in wrong(replace(settings, state_directory=tmp_path / "gone"))


def test_a_url_with_another_port_than_the_servers_is_right_only_behind_a_proxy(settings: Settings) -> None:
    moved = replace(settings, phones=replace(settings.phones, url="https://phones.example.org/"))
    assert any("[phones] url has port 443" in finding.what for finding in findings(moved, Level.WARNING))
    assert not any("[phones] url has port" in finding.what for finding in findings(settings, Level.WARNING))


def test_a_file_in_the_place_of_the_state_directory_is_not_called_missing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert f"{tmp_path / 'file'} is not a directory" in wrong(replace(settings, state_directory=tmp_path / "file"))


def test_sightings_that_cannot_be_read_are_wrong(settings: Settings) -> None:
    settings.sightings_file.unlink(missing_ok=True)
    settings.sightings_file.mkdir()
    assert "the sightings cannot be used" in wrong(settings)


def test_a_file_in_the_place_of_the_spool_is_told(settings: Settings) -> None:
    settings.spool_directory.touch()
    assert f"move it away: {settings.spool_directory}" in wrong(settings)


def test_databases_of_a_newer_version_are_wrong(settings: Settings) -> None:
    with sqlite3.connect(settings.inventory_file) as inventory:
        inventory.execute("PRAGMA user_version = 99")
    with sqlite3.connect(settings.state_directory / "queue.sqlite") as queue:
        queue.execute("UPDATE autoprov_schema SET version = 99")
    inventory.close()
    queue.close()
    told = wrong(settings)
    assert "the embedded inventory cannot be used" in told
    assert "the queue cannot be used" in told
    assert told.count("schema 99") == 2


def test_a_queue_whose_server_is_away_is_not_sought_on_the_disk(settings: Settings) -> None:
    away = replace(settings, queue=replace(settings.queue, url="postgresql://autoprov@127.0.0.1:1/autoprov"))
    assert "start that PostgreSQL, or see [queue] url" in wrong(away)


def test_a_console_open_to_the_network_is_warned_of(settings: Settings) -> None:
    opened = replace(settings, console=replace(settings.console, listen=Listen("0.0.0.0", 0)))
    assert any("no password of its own" in finding.what for finding in findings(opened, Level.WARNING))


def test_a_config_system_that_does_not_answer_is_wrong(settings: Settings, tmp_path: Path) -> None:
    with config_system(tmp_path) as there:
        pass
    assert "does not answer" in wrong(beside(settings, there))


def test_wrong_credentials_are_told_apart_from_an_outage(settings: Settings, tmp_path: Path) -> None:
    with config_system(tmp_path) as there:
        assert "config-system-password" in wrong(beside(settings, there, password="wrong"))
        assert wrong(beside(settings, there)) == ""


def test_the_operators_models_are_compared_with_what_the_config_system_knows(
    settings: Settings, tmp_path: Path
) -> None:
    with config_system(tmp_path) as there:
        right = replace(beside(settings, there), models={"CCX_500": OperatorModel("polycomVVX450", "polycom5.5.2")})
        assert wrong(right) == ""
        unknown = replace(right, models={"CCX_500": OperatorModel("polycomCCX500", None)})
        assert "no model 'polycomCCX500'" in wrong(unknown)
        inexact = replace(right, models={"CCX_500": OperatorModel("polycomVVX450", "5.5.2")})
        assert "polycom5.5.2" in wrong(inexact)


def test_refused_phones_are_told_with_the_command_that_lists_them(settings: Settings) -> None:
    tag = PhoneTag(UniqueId("KTM4PX"), MacAddress("64167f9f4c90"))
    phone = DetectedPhone(tag, PhoneSoftware("polycom", "CCX", "CCX_500", "9.4.1.0508"), "10.0.0.5", NOW)
    with open_queue(settings) as queue:
        queue.put([phone])
        (entry,) = queue.claim(limit=1, lease=timedelta(minutes=1))
        queue.finish(entry, Rejected("unknown model"))
    (found,) = [each for each in findings(settings, Level.WARNING) if each.what.startswith("phones refused")]
    assert found.mend == "autoprov queue list --state refused"


def test_a_snapshot_from_the_future_says_that_phones_get_503(settings: Settings) -> None:
    settings.spool_directory.mkdir(exist_ok=True)
    (settings.spool_directory / "snapshot").write_text(f"{(NOW + timedelta(hours=2)).timestamp():.0f}\n")
    assert "the last snapshot is 120 minutes in the future: phones get 503" in wrong(settings)


def test_an_old_snapshot_says_that_phones_get_503(settings: Settings) -> None:
    settings.spool_directory.mkdir(exist_ok=True)
    (settings.spool_directory / "snapshot").write_text(f"{(NOW - timedelta(hours=2)).timestamp():.0f}\n")
    assert any("120 minutes old" in finding.what for finding in findings(settings, Level.WARNING))
    (settings.spool_directory / "snapshot").write_text("nonsense")
    assert "spool cannot be read" in wrong(settings)
