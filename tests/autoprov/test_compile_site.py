from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.compile_site import compile_site, site_file, write_site
from autoprov.installation import initialise
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_web.site import read_site

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def settings_with(directory: Path, *changes: tuple[str, str]) -> Settings:
    file = initialise(directory, address="192.168.7.2").settings_file
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    return load_settings(file)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_with(tmp_path)


def test_the_site_is_what_the_settings_say(settings: Settings) -> None:
    assert write_site(settings, now=NOW)
    site = read_site(str(site_file(settings)))
    assert site.to_bytes() == compile_site(settings, now=NOW).to_bytes()
    assert (site.snapshot_max_age, site.retry_after, site.unique_id_length) == (900, 30, 6)
    assert b"192.168.7.2:8480" in site.documents["bootstrap"]
    assert (site.directory, site.spool_directory) == (str(settings.web_directory), str(settings.spool_directory))


def test_the_site_says_which_certificates_count(tmp_path: Path) -> None:
    put = ('certificates = "off"', 'certificate_ca = "makers.pem"\ncertificates = "valid"')
    site = compile_site(settings_with(tmp_path, put), now=NOW)
    assert (site.certificates, site.certificate_ca) == ("valid", str(tmp_path / "makers.pem"))


def test_a_new_phone_shows_its_tag_to_the_registrar_and_its_id_to_people(settings: Settings) -> None:
    registration = compile_site(settings, now=NOW).documents["registration"]
    assert b'reg.1.displayName="@@TAG@@"' in registration
    assert b'reg.1.label="@@UNIQUE_ID@@"' in registration


def test_only_its_owner_and_the_web_servers_group_read_it(settings: Settings) -> None:
    write_site(settings, now=NOW)
    assert site_file(settings).stat().st_mode & 0o7777 == 0o640
    assert settings.web_directory.stat().st_mode & 0o7777 == 0o2770


def test_unchanged_settings_keep_their_time_so_that_phones_keep_their_files(settings: Settings) -> None:
    write_site(settings, now=NOW)
    assert not write_site(settings, now=LATER)
    assert read_site(str(site_file(settings))).compiled_at == NOW.timestamp()


def test_changed_settings_are_newer(tmp_path: Path, settings: Settings) -> None:
    write_site(settings, now=NOW)
    assert write_site(settings_with(tmp_path, ("unique_id_length = 6", "unique_id_length = 8")), now=LATER)
    site = read_site(str(site_file(settings)))
    assert (site.compiled_at, site.unique_id_length) == (LATER.timestamp(), 8)


@pytest.mark.parametrize("damage", [b"", b"autoprov-site 2\n"])
def test_a_damaged_site_is_made_anew(damage: bytes, settings: Settings) -> None:
    write_site(settings, now=NOW)
    site_file(settings).write_bytes(damage)
    assert write_site(settings, now=LATER)
    read_site(str(site_file(settings)))


def test_the_urls_path_is_the_prefix_of_all_requests(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, ("192.168.7.2:8480", "192.168.7.2:8480/phones"))
    assert compile_site(settings, now=NOW).path_prefix == "/phones"


def test_a_shared_password_stands_in_the_file_as_it_is(tmp_path: Path) -> None:
    initialise(tmp_path, address="192.168.7.2")
    secret = tmp_path / "secrets" / "sip-password"
    secret.write_text("correct-horse\n")
    secret.chmod(0o600)
    settings = settings_with(tmp_path, ('password = "per-phone"', 'password = "shared"'))
    assert b'reg.1.auth.password="correct-horse"' in compile_site(settings, now=NOW).documents["registration"]


def test_where_the_pbx_has_assigned_phones_files_no_phone_is_told_to_boot_elsewhere(tmp_path: Path) -> None:
    settings = settings_with(tmp_path, ('own_files_by = "autoprov"', 'own_files_by = "pbx"'))
    site = compile_site(settings, now=NOW)
    assert not site.serve_own_files
    assert b"device." not in site.documents["registration"]
