from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from autoprov.checks.finding import Finding, Level
from autoprov.checks.hep import check_hep, largest_receive_buffer
from autoprov.settings.file import read_settings
from autoprov.settings.secret_files import new_secrets
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings

LARGE, SMALL = 1 << 20, 212_992
HERE = HepSettings(("127.0.0.1", 9060), HepMode.FILTERED)
ELSEWHERE = HepSettings(("0.0.0.0", 9060), HepMode.FILTERED, (ip_network("192.0.2.5/32"),), b"between us")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(tmp_path / "autoprov.toml", {}, new_secrets())


def found(settings: Settings, hep: HepSettings | None, *, largest_buffer: int = LARGE) -> list[Finding]:
    return list(check_hep(replace(settings, hep=hep), largest_buffer=largest_buffer))


def warnings(settings: Settings, hep: HepSettings, *, largest_buffer: int = LARGE) -> list[str]:
    findings = found(settings, hep, largest_buffer=largest_buffer)
    assert all(finding.mend for finding in findings if finding.level is not Level.OK)
    return [finding.what for finding in findings if finding.level is not Level.OK]


def test_of_no_listener_nothing_is_said(settings: Settings) -> None:
    assert found(settings, None) == []


def test_it_says_who_is_heard(settings: Settings) -> None:
    assert found(settings, ELSEWHERE) == [
        Finding(Level.OK, "[hep] 0.0.0.0:9060 hears this machine, 192.0.2.5/32, with a key")
    ]
    assert found(settings, HERE) == [Finding(Level.OK, "[hep] 127.0.0.1:9060 hears this machine, without a key")]


def test_senders_elsewhere_should_have_a_key(settings: Settings) -> None:
    (warning,) = warnings(settings, replace(ELSEWHERE, key=None))
    assert "forge" in warning


def test_a_port_that_is_open_to_nobodys_use_is_told(settings: Settings) -> None:
    (warning,) = warnings(settings, replace(ELSEWHERE, senders=()))
    assert "none of them is heard" in warning


def test_for_all_of_a_pbx_a_small_buffer_is_told(settings: Settings) -> None:
    (warning,) = warnings(settings, replace(HERE, mode=HepMode.EVERYTHING), largest_buffer=SMALL)
    assert "212992 octets is small" in warning
    assert warnings(settings, HERE, largest_buffer=SMALL) == []


def test_what_the_kernel_allows_is_known() -> None:
    assert largest_receive_buffer() > 0
