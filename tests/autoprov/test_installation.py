from ipaddress import ip_address
from pathlib import Path

from autoprov.installation import initialise, own_address
from autoprov.settings.file import load_settings


def test_init_writes_settings_that_can_be_loaded(tmp_path: Path) -> None:
    result = initialise(tmp_path / "site", address="192.168.7.2")
    settings = load_settings(result.settings_file)
    assert settings.phones.url == "http://192.168.7.2:8480"
    assert settings.registrar.address == "192.168.7.2"
    assert len(result.written) == 3


def test_init_again_touches_nothing_but_adds_what_is_missing(tmp_path: Path) -> None:
    first = initialise(tmp_path, address="192.168.7.2")
    first.settings_file.write_text('[site]\nstate_directory = "mine"\n', encoding="utf-8")
    (tmp_path / "secrets" / "config-system-password").unlink()
    again = initialise(tmp_path, address="10.0.0.1")
    assert again.written == [tmp_path / "secrets" / "config-system-password"]
    assert "mine" in first.settings_file.read_text(encoding="utf-8")


def test_secrets_and_settings_are_closed_to_others(tmp_path: Path) -> None:
    result = initialise(tmp_path, address="192.168.7.2")
    assert result.settings_file.stat().st_mode & 0o007 == 0
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_own_address_is_an_address() -> None:
    assert ip_address(own_address())
