"""``autoprov window`` as a shell runs it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from autoprov.demo.site import demo_settings
from autoprov.present import utc_now
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_web.discovery import WINDOW_FILE_NAME
from tests.autoprov.test_cli import autoprov

MAC = MacAddress("0004f2abcdef")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = demo_settings(tmp_path)
    made.web_directory.mkdir()
    return put_discovery(made, 'discovery = "closed"')


def put_discovery(settings: Settings, toml: str) -> Settings:
    """The settings with these lines in their [access], instead of what they say of discovery."""
    lines = settings.file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("discovery", "schedule", "pilot"))]
    place = next(number for number, line in enumerate(kept) if line.startswith("[access]"))
    kept.insert(place + 1, toml)
    settings.file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return load_settings(settings.file)


def test_a_window_is_opened_shown_and_closed(settings: Settings) -> None:
    opened = autoprov("window", "open", "--for", "2h", settings=settings.file)
    assert opened.returncode == 0, opened.stderr
    # Another user runs the web server, and whoever opened it need not be in its group.
    assert (settings.web_directory / WINDOW_FILE_NAME).stat().st_mode & 0o777 == 0o644
    assert opened.stdout.startswith("new phones are let in until 20")
    assert '(2 h 0 min left); otherwise by [access] discovery = "closed"' in opened.stdout
    assert json.loads(autoprov("window", "show", "--json", settings=settings.file).stdout)["is_open"] is True
    closed = autoprov("window", "close", settings=settings.file)
    assert (closed.returncode, closed.stderr) == (0, "")
    assert closed.stdout == 'new phones are not let in now, by [access] discovery = "closed"; no window is open\n'
    assert autoprov("window", "close", settings=settings.file).returncode == 0


def test_phones_are_let_in_at_once_and_until_the_time_that_was_told(settings: Settings) -> None:
    rules = settings.access.rules(settings.web_directory)
    told = json.loads(autoprov("window", "open", "--for", "90s", "--json", settings=settings.file).stdout)
    until = datetime.fromisoformat(told["window_until"])
    assert timedelta(0) < until - utc_now() <= timedelta(seconds=91)
    assert rules.discovers(MAC, "127.0.0.1", now=until.timestamp() - 1)
    assert not rules.discovers(MAC, "127.0.0.1", now=until.timestamp())


def test_where_discovery_is_open_a_window_says_that_it_changes_nothing(settings: Settings) -> None:
    put_discovery(settings, "")
    assert "a window changes nothing" in autoprov("window", "open", "--for", "1d", settings=settings.file).stdout


def test_the_schedule_that_holds_otherwise_is_shown(settings: Settings) -> None:
    put_discovery(settings, 'discovery = "scheduled"\nschedule = ["Mon-Sun 00:00-24:00"]\npilot_ouis = ["0004f2"]')
    shown = autoprov("window", "show", settings=settings.file).stdout
    assert shown.startswith("new phones of the pilot are let in now, by ")
    assert "Mon-Sun 00:00-24:00; no window is open" in shown


@pytest.mark.parametrize("duration", ["", "2", "0h", "-1h", "8d", "2h30m", "forever"])
def test_a_time_that_is_none_or_too_long_is_refused(settings: Settings, duration: str) -> None:
    result = autoprov("window", "open", f"--for={duration}", settings=settings.file)
    assert result.returncode == 2
    assert "is not a time such as" in result.stderr or "at most 7d" in result.stderr
    assert not list(settings.web_directory.iterdir())


def test_before_the_site_was_compiled_it_says_what_to_do(settings: Settings) -> None:
    settings.web_directory.rmdir()
    result = autoprov("window", "open", "--for", "1h", settings=settings.file)
    assert result.returncode == 1
    assert "autoprov compile" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_window_that_cannot_be_written_or_closed_is_one_line_that_names_it(settings: Settings) -> None:
    (settings.web_directory / "window").mkdir()
    for action in (("open", "--for", "1h"), ("close",)):
        result = autoprov("window", *action, settings=settings.file)
        assert result.returncode == 1
        assert str(settings.web_directory) in result.stderr
        assert "Traceback" not in result.stderr
