import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.checks.finding import Level
from autoprov.checks.site import check_site
from autoprov.compile_site import site_file, write_site
from autoprov.installation import initialise
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_web.fetch_report import FETCHES_FILE_NAME, MAX_FILE_BYTES
from autoprov_web.pairing import pair

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load_settings(initialise(tmp_path, address="192.168.7.2").settings_file)
    write_site(settings, now=NOW)
    return settings


def found(settings: Settings, *, now: datetime = NOW) -> list[tuple[Level, str]]:
    return [(finding.level, f"{finding.what} / {finding.mend}") for finding in check_site(settings, now=now)]


def test_a_site_that_says_what_the_settings_say_is_right(settings: Settings) -> None:
    ((level, said),) = found(settings)
    assert level is Level.OK
    assert str(site_file(settings)) in said


def test_a_site_does_not_grow_old(settings: Settings) -> None:
    ((level, _),) = found(settings, now=NOW + timedelta(days=365))
    assert level is Level.OK


def test_settings_that_were_changed_since_are_noticed(settings: Settings) -> None:
    text = settings.file.read_text()
    settings.file.write_text(text.replace("unique_id_length = 6", "unique_id_length = 8"))
    ((level, said),) = found(load_settings(settings.file))
    assert (level, "autoprov compile" in said) == (Level.WARNING, True)


def test_a_damaged_site_is_wrong(settings: Settings) -> None:
    site_file(settings).write_bytes(b"rubbish")
    ((level, said),) = found(settings)
    assert (level, "autoprov compile" in said) == (Level.WRONG, True)


def test_before_the_first_start_there_is_none(settings: Settings) -> None:
    site_file(settings).unlink()
    ((level, said),) = found(settings)
    assert (level, "is not there: phones get 503" in said) == (Level.WARNING, True)


def test_phones_that_are_let_in_by_their_mac_are_told_of(settings: Settings) -> None:
    pair(str(settings.web_directory), MacAddress("0004f2abcdef"), until=(NOW + timedelta(hours=1)).timestamp())
    level, said = found(settings)[1]
    assert level is Level.WARNING
    assert "phones that get their files by their MAC alone: 0004f2abcdef" in said


def test_fetches_that_nobody_reads_are_told_of(settings: Settings) -> None:
    (settings.web_directory / FETCHES_FILE_NAME).write_bytes(b"x" * MAX_FILE_BYTES)
    level, said = found(settings)[1]
    assert (level, "autoprov up" in said) == (Level.WARNING, True)


@pytest.mark.parametrize("file_name", ["site.conf", "VVX_410.conf"])
def test_a_secret_that_no_phone_gets_is_told_of(file_name: str, settings: Settings) -> None:
    overlay = settings.file.parent / "overlay"
    overlay.mkdir(mode=0o750)
    (overlay / "site.conf").write_text("device.auth.localAdminPassword = sesame\n")
    (overlay / "site.conf").chmod(0o640)
    write_site(load_settings(settings.file), now=NOW)
    assert [level for level, _ in found(load_settings(settings.file))] == [Level.OK]
    (overlay / "site.conf").rename(overlay / file_name)
    text = settings.file.read_text()
    settings.file.write_text(text.replace('own_files_by = "autoprov"', 'own_files_by = "pbx"'))
    said = [what for level, what in found(load_settings(settings.file)) if level is Level.WARNING]
    assert any("localAdminPassword is secret" in what for what in said)
    assert not any("sesame" in what for what in said)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file to any group")
def test_a_site_that_is_not_of_its_directorys_group_is_told_of(settings: Settings) -> None:
    os.chown(settings.web_directory, -1, 33)
    os.chown(site_file(settings), -1, 0)
    assert [said for level, said in found(settings) if level is Level.WARNING] == [
        f"{site_file(settings)} is of another group than its directory / "
        f"right if only 'autoprov up' serves phones; else: chgrp 33 {site_file(settings)}"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written_is_wrong(settings: Settings) -> None:
    settings.web_directory.chmod(0o550)
    try:
        assert any(level is Level.WRONG and "cannot be written by this user" in said for level, said in found(settings))
    finally:
        settings.web_directory.chmod(0o770)
