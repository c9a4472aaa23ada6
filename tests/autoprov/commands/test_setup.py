"""``autoprov setup`` at a terminal, and with a file of answers."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from autoprov.installation import own_address
from autoprov.settings.file import load_settings
from tests.autoprov.test_cli import autoprov
from tests.peers.installed import installed

PATIENCE_SECONDS = 60.0


class Terminal:
    """A person at a terminal: reads until something is asked, types a line."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.seen = ""
        self._answered = 0

    def answer(self, asked: str, line: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while asked not in self.seen[self._answered :]:
            assert time.monotonic() < deadline, self.seen
            assert self._read(), self.seen
        self._answered = len(self.seen)
        os.write(self._descriptor, f"{line}\n".encode())

    def read_to_end(self) -> str:
        while self._read():
            pass
        return self.seen

    def _read(self) -> bool:
        try:
            data = os.read(self._descriptor, 4096)
        except OSError:  # EIO: nobody has the other end any more
            return False
        self.seen += data.decode()
        return bool(data)


@contextmanager
def setup_at_terminal(*words: str) -> Generator[tuple[Terminal, "subprocess.Popen[bytes]"]]:
    near, far = os.openpty()
    command = [installed("setsid"), "--ctty", "--wait", sys.executable, "-m", "autoprov", "setup", *words]
    process = subprocess.Popen(command, stdin=far, stdout=far, stderr=far)
    os.close(far)
    try:
        yield Terminal(near), process
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)
        os.close(near)


def answers_file(directory: Path, text: str) -> str:
    file = directory / "answers.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_five_questions_make_an_installation(tmp_path: Path) -> None:
    site = tmp_path / "site"
    with setup_at_terminal(str(site)) as (terminal, process):
        terminal.answer("host (", "sipxecs")
        terminal.answer("address of the PBX", "192.168.7.10")
        terminal.answer("host name or IP address", "not an address")
        terminal.answer("is not a host name or IP address", "192.168.7.2")
        terminal.answer("config system [https://192.168.7.10/sipxconfig]", "http://127.0.0.1:9/sipxconfig")
        terminal.answer("its user [superadmin]", "")
        terminal.answer("that user's password", "not to be seen")
        terminal.answer("boot [own]", "/not/there")
        terminal.answer("is neither own nor apache nor a directory", "own")
        terminal.answer("networks [private]", "10.0.0.1/8")
        terminal.answer("is neither private nor a network", "private, 203.0.113.0/24")
        terminal.answer("discovery", "closed")
        terminal.answer("Write it?", "y")
        seen = terminal.read_to_end()
        assert process.wait(PATIENCE_SECONDS) == 1  # what check says: nobody answers at port 9
    assert "not to be seen" not in seen
    assert "config system does not answer" in seen
    assert "autoprov check --host sipxecs" in seen
    settings = load_settings(site / "autoprov.toml")
    assert settings.secrets.config_system_password == "not to be seen"
    assert (settings.lines.registrar, settings.access.discovery) == ("192.168.7.10", "closed")
    assert "203.0.113.0/24" in settings.access.networks


def test_who_does_not_agree_leaves_all_as_it_was(tmp_path: Path) -> None:
    autoprov("setup", str(tmp_path / "site"), "--answers", answers_file(tmp_path, 'address = "192.168.7.2"\n'))
    before = (tmp_path / "site" / "autoprov.toml").read_bytes()
    with setup_at_terminal(str(tmp_path / "site")) as (terminal, process):
        for asked in ("host (", "address of the PBX", "IP address [192.168.7.2]", "config system", "boot", "networks"):
            terminal.answer(asked, "")
        terminal.answer("discovery", "closed")
        terminal.answer("Write it? [y/N]", "")
        terminal.read_to_end()
        assert process.wait(PATIENCE_SECONDS) == 1
    assert (tmp_path / "site" / "autoprov.toml").read_bytes() == before


def test_answers_in_a_file_are_written_checked_and_then_there(tmp_path: Path) -> None:
    site, answers = str(tmp_path / "site"), answers_file(tmp_path, 'address = "192.168.7.2"\nboot = "apache"\n')
    run = autoprov("setup", site, "--answers", answers)
    assert run.returncode == 0, run.stderr
    assert "a2enconf autoprov" in run.stdout
    assert "ok  settings and secrets are readable" in run.stdout
    again = autoprov("setup", site, "--answers", answers)
    assert (again.returncode, "nothing to write" in again.stdout) == (0, True)


def test_an_installation_is_changed_only_when_told(tmp_path: Path) -> None:
    site = tmp_path / "site"
    autoprov("setup", str(site), "--answers", answers_file(tmp_path, 'address = "192.168.7.2"\n'))
    before = (site / "autoprov.toml").read_bytes()
    closed = answers_file(tmp_path, 'discovery = "closed"\n')
    refused = autoprov("setup", str(site), "--answers", closed)
    assert (refused.returncode, "--change" in refused.stderr) == (1, True)
    assert '[access] discovery = "closed"' in refused.stdout
    assert (site / "autoprov.toml").read_bytes() == before
    assert autoprov("setup", str(site), "--answers", closed, "--change").returncode == 0
    assert load_settings(site / "autoprov.toml").access.discovery == "closed"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    answers = answers_file(tmp_path, 'host = "kamailio"\naddress = "192.168.7.2"\npbx = "192.168.7.10"\n')
    run = autoprov("setup", str(tmp_path / "site"), "--answers", answers, "--dry-run")
    assert (run.returncode, '[hep] senders = ["192.168.7.10"]' in run.stdout) == (0, True), run.stderr
    assert not (tmp_path / "site").exists()


def test_where_no_answer_names_the_pbx_it_is_said_that_this_machine_is_taken_for_it(tmp_path: Path) -> None:
    words = ("setup", str(tmp_path / "site"), "--dry-run", "--answers")
    silent = autoprov(*words, answers_file(tmp_path, 'address = "192.168.7.2"\n')).stdout
    assert f"users' lines register at {own_address()}:5060, this machine; if the PBX is another one" in silent
    named = autoprov(*words, answers_file(tmp_path, 'address = "192.168.7.2"\npbx = "192.0.2.10"\n')).stdout
    assert "this machine" not in named


def test_a_boot_server_gets_its_file_and_a_foreign_one_is_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "tftp"
    root.mkdir()
    answers = answers_file(tmp_path, f'address = "192.168.7.2"\nboot = "{root}"\n')
    run = autoprov("setup", str(tmp_path / "site"), "--answers", answers)
    assert (run.returncode, (root / "000000000000.cfg").is_file()) == (0, True), run.stderr
    (root / "000000000000.cfg").write_text("<somebody/>", encoding="utf-8")
    other = autoprov("setup", str(tmp_path / "other"), "--answers", answers)
    assert (other.returncode, "--replace" in other.stderr) == (1, True)
    assert "once that is mended: autoprov bootstrap write" in other.stdout


def test_without_a_terminal_it_asks_for_a_file(tmp_path: Path) -> None:
    run = autoprov("setup", str(tmp_path / "site"))
    assert (run.returncode, "--answers FILE" in run.stderr) == (1, True)


def test_answers_that_cannot_be_say_what_to_do(tmp_path: Path) -> None:
    answers = answers_file(tmp_path, 'host = "sipxecs"\n')
    run = autoprov("setup", str(tmp_path / "site"), "--answers", answers)
    assert (run.returncode, "https://pbx.example.org/sipxconfig" in run.stderr) == (2, True)
