import subprocess
import sys
from pathlib import Path

import pytest

from autoprov.cli import COMMANDS
from tests.peers.installed import installed

PACKAGING = Path(__file__).resolve().parent.parent.parent / "packaging"


@pytest.fixture(scope="module")
def page() -> str:
    command = [sys.executable, str(PACKAGING / "manual_page.py"), str(PACKAGING / "autoprov.8.in")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def groff(page: str, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [installed("groff"), "-man", "-Tutf8", "-Kutf8", *words]
    return subprocess.run(command, input=page, capture_output=True, text=True, timeout=60, check=False)


def test_the_page_is_right_roff(page: str) -> None:
    run = groff(page, "-ww", "-z")
    assert (run.returncode, run.stderr) == (0, "")


def test_every_command_stands_on_the_page(page: str) -> None:
    shown = groff(page, "-P-cbou").stdout
    missing = [name for name in COMMANDS if f"autoprov {name}" not in shown]
    assert missing == []
    assert "--settings FILE" in shown


def test_nothing_of_the_template_is_left(page: str) -> None:
    assert "@COMMANDS@" not in page
    assert "@VERSION@" not in page
