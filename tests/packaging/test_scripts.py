"""What runs as root while the package comes and goes."""

import subprocess
from pathlib import Path

import pytest

from autoprov.setup.changes import APACHE_PORT
from tests.peers.installed import installed

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"
SHELL = ["debian/postinst", "debian/prerm", "debian/postrm"]
BASH = ["build-deb.sh", "try-deb.sh", "try/machine.sh", "try/alone.sh", "try/beside.sh"]


@pytest.mark.parametrize("name", SHELL)
def test_a_maintainer_script_is_posix_shell_that_stops_at_errors(name: str) -> None:
    text = (PACKAGING / name).read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\nset -e\n")
    assert "#DEBHELPER#" in text
    run = subprocess.run([installed("dash"), "-n", str(PACKAGING / name)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize("name", BASH)
def test_a_script_is_right_bash(name: str) -> None:
    run = subprocess.run([installed("bash"), "-n", str(PACKAGING / name)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_apache_listens_where_setup_sends_phones() -> None:
    text = (PACKAGING / "apache-autoprov.conf").read_text(encoding="utf-8")
    assert f"Define AUTOPROV_PORT {APACHE_PORT}\n" in text
