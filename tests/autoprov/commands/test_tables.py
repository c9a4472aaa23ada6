"""What is printed is what was there, whatever it holds."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from autoprov.checks.finding import Finding, Level
from autoprov.commands.tables import show_findings, show_phones, show_timeline, show_users
from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting, Stage
from sipxconfig_client.values import Phone
from sipxconfig_server.records import User

# In each a name of an emoji, a tag, or a backslash, as rich understands them.
TEXTS = ("fd00:a:b::5", "00:04:f2:ab:cd:ef", "Ada :skull:", "[red]a[/red]", r"\[b]x", "ends in \\")


def _timeline(text: str) -> None:
    show_timeline([Sighting(MacAddress("0004f2abcdef"), datetime.now(UTC), Stage.REGISTER, text, text, text)])


def _users(text: str) -> None:
    show_users([User("200", text, "secret")], {"200": [text]})


def _findings(text: str) -> None:
    show_findings([Finding(Level.WRONG, text, text)])


def _phones(text: str) -> None:
    show_phones([Phone(1, "0004f2abcdef", "m", text, None, "", ())])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("show", [_timeline, _users, _findings, _phones])
def test_text_is_printed_as_it_is(show: Callable[[str], None], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    show(text)
    lines = capsys.readouterr().out.splitlines()
    assert any(f" {text} " in f"{line} " for line in lines), lines


def test_what_a_terminal_would_act_upon_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    _timeline("\x1b[31mred\x07\u202e")
    assert "?[31mred??" in capsys.readouterr().out


def test_in_a_pipe_a_row_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    _timeline("word " * 100)
    assert len(capsys.readouterr().out.splitlines()) == 2
