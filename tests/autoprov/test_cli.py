"""The command line as a shell runs it: a process, its output, its exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from autoprov.cli import commands
from autoprov.demo.site import demo_settings
from autoprov.settings.file import load_settings

PATIENCE_SECONDS = 30.0


def autoprov(*words: str, stdin: str = "", settings: Path | None = None) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name != "AUTOPROV_SETTINGS"}
    if settings is not None:
        environment["AUTOPROV_SETTINGS"] = str(settings)
    return subprocess.run(
        [sys.executable, "-m", "autoprov", *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=90,
        env={**environment, "COLUMNS": "200"},
        check=False,
    )


@contextmanager
def autoprov_up(settings_file: Path, url: str) -> Generator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "autoprov", "up", "--settings", str(settings_file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(url):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_SECONDS)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """An installation on free loopback ports."""
    return demo_settings(tmp_path).file


def test_help_names_every_command_and_the_way_to_begin() -> None:
    shown = autoprov("--help").stdout
    assert all(command in shown for command in ("init", "check", "up", "demo", "phones", "queue", "user"))
    assert "Start with" in shown
    assert "AUTOPROV_SETTINGS" in autoprov("up", "--help").stdout


def test_init_says_what_it_wrote_and_what_comes_next_and_never_overwrites(tmp_path: Path) -> None:
    first = autoprov("init", str(tmp_path / "site"), "--address", "192.168.7.2")
    assert first.returncode == 0, first.stderr
    assert "autoprov.toml" in first.stdout
    assert "autoprov check" in first.stdout
    assert (tmp_path / "site" / "state" / "queue.sqlite").exists()
    again = autoprov("init", str(tmp_path / "site"))
    assert again.returncode == 0
    assert "nothing written" in again.stdout


@pytest.mark.parametrize("address", ["", "http://10.0.0.1", "10.0.0.1:8480", "a b", "[fd00::1]"])
def test_an_address_that_is_more_than_a_host_is_refused_before_anything_is_written(
    tmp_path: Path, address: str
) -> None:
    result = autoprov("init", str(tmp_path / "site"), "--address", address)
    assert result.returncode == 2
    assert "without http:// and port" in result.stderr
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("group", [(), ("bootstrap",), ("phones",), ("queue",), ("user",), ("window",)])
def test_each_command_is_told_in_a_line_that_fits_the_screen(group: tuple[str, ...]) -> None:
    told = CliRunner().invoke(commands, [*group, "--help"], terminal_width=80).output.partition("Commands:\n")[2]
    assert told
    assert all(line.startswith("  ") and line[2] != " " and not line.endswith("...") for line in told.splitlines())


def test_bad_settings_are_one_clear_line_each_and_exit_code_2(settings_file: Path) -> None:
    settings_file.write_text("[registrar]\nexpire = '5m'\nrealm = ''\n", encoding="utf-8")
    result = autoprov("check", settings=settings_file)
    assert result.returncode == 2
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == ["autoprov", "autoprov"]
    assert f"{settings_file}: [registrar] expire: no such key" in result.stderr
    assert "Traceback" not in result.stderr


def test_missing_settings_say_how_to_write_them(tmp_path: Path) -> None:
    result = autoprov("phones", settings=tmp_path / "autoprov.toml")
    assert result.returncode == 2
    assert "autoprov init" in result.stderr


def test_phones_of_a_config_system_that_is_down_are_an_error_and_not_an_empty_list(settings_file: Path) -> None:
    result = autoprov("phones", settings=settings_file)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "is that running?" in result.stderr
    assert "Traceback" not in result.stderr


def test_what_stands_in_the_way_of_up_is_one_line_that_names_it(settings_file: Path) -> None:
    state = load_settings(settings_file).state_directory
    (state / "spool").touch()
    for file, action in (
        ("spool", "up"),
        ("queue.sqlite", "up"),
        ("queue.sqlite", "queue"),
        ("inventory.sqlite", "up"),
    ):
        if file != "spool":
            (state / file).write_bytes(b"not a database, and longer than its header of a hundred bytes" * 10)
        result = autoprov(*([action] if action == "up" else ["queue", "list"]), settings=settings_file)
        (complaint,) = [line for line in result.stderr.splitlines() if line.startswith("autoprov: ")]
        assert str(state / file) in complaint
        assert result.returncode == 1
        assert "Traceback" not in result.stderr


def test_a_user_is_added_with_the_password_from_standard_input(settings_file: Path) -> None:
    result = autoprov("user", "add", "200", "--display-name", "Ada", stdin="secret\n", settings=settings_file)
    assert result.returncode == 0, result.stderr
    assert "secret" not in result.stdout + result.stderr
    assert autoprov("user", "add", "201", stdin="", settings=settings_file).returncode == 1


@pytest.mark.parametrize("name", ["", "a b", "<200>", "200@pbx", "x" * 65])
def test_a_user_name_that_no_phone_could_register_as_is_refused(settings_file: Path, name: str) -> None:
    result = autoprov("user", "add", name, stdin="secret\n", settings=settings_file)
    assert result.returncode == 2
    assert "is not a SIP user name such as" in result.stderr


def test_a_password_with_a_control_character_is_refused_without_being_shown(settings_file: Path) -> None:
    result = autoprov("user", "add", "200", stdin="sec\x07ret\n", settings=settings_file)
    assert result.returncode == 1
    assert "cannot be printed" in result.stderr
    assert "ret" not in result.stderr.replace("printed", "")


def test_the_queue_can_be_listed_and_an_unknown_phone_is_said_so(settings_file: Path) -> None:
    assert "the queue is empty" in autoprov("queue", "list", settings=settings_file).stdout
    assert json.loads(autoprov("queue", "list", "--json", settings=settings_file).stdout) == []
    for action in ("retry", "forget"):
        result = autoprov("queue", action, "00:04:F2:AB:CD:EF", settings=settings_file)
        assert result.returncode == 1
        assert "0004f2abcdef is not in the queue" in result.stderr
    nonsense = autoprov("queue", "retry", "nonsense", settings=settings_file)
    assert nonsense.returncode == 2
    assert "'nonsense' is not a MAC address such as" in nonsense.stderr


def test_up_serves_until_sigterm_and_phones_are_listed_meanwhile(settings_file: Path) -> None:
    url = load_settings(settings_file).phones.url
    with autoprov_up(settings_file, f"{url}/000000000000.cfg") as process:
        listed = autoprov("phones", settings=settings_file)
        assert listed.returncode == 0, listed.stderr
        assert "no phones" in listed.stdout
        assert json.loads(autoprov("phones", "--json", settings=settings_file).stdout) == []
        checked = autoprov("check", settings=settings_file)
        assert checked.returncode == 0, checked.stdout
        assert "the config system answers" in checked.stdout
        assert checked.stdout.count(" is in use by autoprov itself") == 5
        second = autoprov("up", settings=settings_file)
        assert second.returncode == 1
        assert "another 'autoprov up' may run" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_closed_terminal_stops_the_demo_and_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "autoprov", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # it has begun, its phones boot
        process.send_signal(signal.SIGHUP)
        told, complaints = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
    assert "Not all three phones" not in told + complaints
    assert list(tmp_path.iterdir()) == []


def test_the_demo_tells_six_steps_and_ends_well_only_with_all_rows() -> None:
    result = autoprov("demo", "--once")
    assert result.returncode == 0, result.stdout + result.stderr
    for step in ("1 boots", "2 fetches", "3 registers", "4 hook", "5 worker", "6 superadmin"):
        assert result.stdout.count(step) >= 3, step
    assert "REGISTER as 200" in result.stdout
    assert "Traceback" not in result.stderr


def test_the_demo_stays_up_until_ctrl_c_with_three_rows_on_its_page() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "autoprov", "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            address = next(line.split()[-1] for line in process.stdout if line.startswith("The page:"))
            page = requests.get(address, params={"filter": "unassigned"}, timeout=10)
            assert page.text.count("<tr id=") == 3
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
        process.stdout.read()
