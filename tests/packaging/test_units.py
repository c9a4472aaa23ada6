"""The systemd units, as systemd itself judges them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autoprov.cli import COMMANDS
from tests.peers.installed import installed

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"
UNITS = ("autoprov.service", "autoprov@.service")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as the package lays them out; what they run is there on any machine."""
    for name in UNITS:
        text = (PACKAGING / "systemd" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/usr/bin/autoprov", sys.executable), encoding="utf-8")
        drop_in = tmp_path / f"{name}.d"
        drop_in.mkdir()
        shutil.copy(PACKAGING / "sandbox.conf", drop_in / "10-sandbox.conf")
    return tmp_path


def analyze(units: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"}
    command = [installed("systemd-analyze"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


@pytest.mark.parametrize("name", ["autoprov.service", "autoprov@web.service"])
def test_systemd_has_nothing_to_say_of_a_unit(units: Path, name: str) -> None:
    run = analyze(units, "verify", "--man=no", name)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_closed(units: Path, name: str) -> None:
    """Exposure in tenths: 10 is a service without any sandbox, ours say 1.6."""
    run = analyze(units, "security", "--offline=yes", "--threshold=20", str(units / name))
    assert run.returncode == 0, run.stdout


def test_what_the_units_run_are_commands() -> None:
    page = (PACKAGING / "autoprov.8.in").read_text(encoding="utf-8")
    [parts] = re.findall(r"autoprov@\{([a-z,]+)\}", page)
    assert {*parts.split(","), "hep", "up"} <= set(COMMANDS)


def test_the_units_use_the_settings_that_setup_writes() -> None:
    for name in UNITS:
        text = (PACKAGING / "systemd" / name).read_text(encoding="utf-8")
        assert text.count("/etc/autoprov/autoprov.toml") == 2
