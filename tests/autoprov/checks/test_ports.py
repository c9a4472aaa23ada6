"""Ports that are free, ours, or somebody else's."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.checks.finding import Finding, Level
from autoprov.checks.ports import check_ports, part_runs
from autoprov.compose import System
from autoprov.demo.site import demo_settings
from autoprov.present import utc_now
from autoprov.settings.reader import Listen
from autoprov.settings.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path)


def found(settings: Settings, level: Level) -> list[Finding]:
    return [finding for finding in check_ports(settings) if finding.level is level]


def test_where_nothing_runs_all_ports_are_free(settings: Settings) -> None:
    free = [finding.what for finding in check_ports(settings)]
    assert len(free) == 5
    assert all(what.endswith(" is free") for what in free)
    assert not part_runs(settings, "inventory")


def test_ports_of_our_own_are_right(settings: Settings) -> None:
    with System(settings, clock=utc_now):
        ours = [finding.what for finding in found(settings, Level.OK)]
        assert len(ours) == 5
        assert all(what.endswith(" is in use by autoprov itself") for what in ours)
        assert part_runs(settings, "inventory")


def test_another_installation_on_our_ports_is_somebody_else(settings: Settings, tmp_path: Path) -> None:
    other = replace(settings, state_directory=tmp_path / "other")
    with System(settings, clock=utc_now):
        assert {finding.what.rpartition(" is ")[2] for finding in found(other, Level.WARNING)} == {
            "in use by somebody else"
        }
        assert not part_runs(other, "inventory")


def test_the_parts_that_run_alone_are_ours_and_no_others(settings: Settings) -> None:
    with socket.socket() as stranger, System(settings, clock=utc_now, parts=["web"]):
        stranger.bind((settings.console.listen.host, settings.console.listen.port))
        (warning,) = found(settings, Level.WARNING)
        assert warning.what.startswith("[console] listen")
        assert [what.what for what in found(settings, Level.OK) if "autoprov itself" in what.what] == [
            f"[web] listen {settings.web.listen}/tcp is in use by autoprov itself"
        ]


def test_where_the_pbx_registers_phones_its_port_is_not_looked_at(settings: Settings) -> None:
    theirs = replace(settings, registrar=replace(settings.registrar, is_ours=False))
    assert not any("[registrar]" in finding.what for finding in check_ports(theirs))


def test_a_port_that_somebody_has_is_told_with_the_way_to_find_out_who(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((settings.registrar.listen.host, settings.registrar.listen.port))
        (warning,) = found(settings, Level.WARNING)
    assert warning.what.startswith("[registrar] listen")
    assert "ss -lnpu" in warning.mend


@pytest.mark.parametrize("host", ["192.0.2.1", "nosuch.invalid"])
def test_an_address_on_which_up_could_not_listen_is_wrong(settings: Settings, host: str) -> None:
    (wrong,) = found(replace(settings, web=replace(settings.web, listen=Listen(host, 8480))), Level.WRONG)
    assert wrong.what.startswith(f"[web] listen {host}:8480/tcp: ")
    assert "an address of this machine" in wrong.mend
