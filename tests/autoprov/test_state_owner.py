"""These need root, as CI has it: they run a process of their own as root and look at whose its files are."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from autoprov.installation import initialise

NOBODY = pwd.getpwnam("nobody")
SCRIPT = """\
import os, sys
from pathlib import Path
from autoprov.state_owner import acting_as_owner_of, go_on_as_owner_of
directory = Path(sys.argv[1])
with acting_as_owner_of(directory / "not" / "there"):
    (directory / "for a while").touch()
assert os.geteuid() == 0
print(go_on_as_owner_of(directory), os.getresuid(), go_on_as_owner_of(directory))
(directory / "for good").touch()
"""

WHO_READS_SETTINGS = """\
import os
from pathlib import Path
from autoprov.commands.options import given_settings
from autoprov.settings.error import SettingsError
try:
    given_settings(Path("theirs/autoprov.toml"))
except SettingsError:  # their owner may not go through the folders of tests
    print(os.getresuid())
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def run_in(directory: Path, script: str = SCRIPT) -> "subprocess.CompletedProcess[str]":
    """From within, for another user may not go through the folders of tests."""
    command = [sys.executable, "-c", script, "."]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60, check=False)


def test_root_works_as_the_owner_of_the_directory(tmp_path: Path) -> None:
    uid = NOBODY.pw_uid
    os.chown(tmp_path, uid, NOBODY.pw_gid)
    run = run_in(tmp_path)
    assert run.stdout == f"True {(uid, uid, uid)} False\n", run.stderr
    assert {path.name: path.stat().st_uid for path in tmp_path.iterdir()} == {"for a while": uid, "for good": uid}


def test_roots_own_directory_is_roots_work(tmp_path: Path) -> None:
    run = run_in(tmp_path)
    assert run.stdout == "False (0, 0, 0) False\n", run.stderr


def test_who_may_write_the_settings_does_not_tell_root_where_to_write(tmp_path: Path) -> None:
    initialise(tmp_path / "theirs", address="192.0.2.5")
    os.chown(tmp_path / "theirs", NOBODY.pw_uid, NOBODY.pw_gid)
    run = run_in(tmp_path, WHO_READS_SETTINGS)
    assert run.stdout == f"{(NOBODY.pw_uid,) * 3}\n", run.stderr


def test_what_root_initialises_belongs_to_whom_the_directory_belongs(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY.pw_uid, NOBODY.pw_gid)
    run_in(tmp_path, "import sys; sys.argv = ['', 'init', '.']; from autoprov.cli import main; main()")
    assert {path.stat().st_uid for path in tmp_path.rglob("*")} == {NOBODY.pw_uid}
