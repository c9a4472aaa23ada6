"""docs/commands.md says what ``--help`` says: every command, every option, and none besides."""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path

import click
import pytest

from autoprov.cli import commands

COMMANDS_MD = Path(__file__).parents[3] / "docs" / "commands.md"
SAID_OF_ALL = {"--settings", "--help", "--version"}
_ITEM = re.compile(r"^- ((?:`[^`]+`(?:, )?)+)((?:.|\n(?!- |\n|#))*)", re.MULTILINE)
_NAME = re.compile(r"[a-z-]+")
_LONGEST_LINE = 120


def there(command: click.Command, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Each command that does something by itself, and its options."""
    context = click.Context(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from there(found, f"{path} {name}".strip())
    if path and (not isinstance(command, click.Group) or command.invoke_without_command):
        options = (option for option in command.params if isinstance(option, click.Option))
        yield path, frozenset(max(option.opts, key=len) for option in options) - SAID_OF_ALL


def documented() -> Iterator[tuple[str, frozenset[str]]]:
    """The same of the document's items, each of which opens with one command or several alike."""
    for item in _ITEM.finditer(COMMANDS_MD.read_text(encoding="utf-8")):
        options = frozenset(re.findall(r"--[a-z][a-z-]*", item[2]))
        for words in re.findall(r"`([^`]+)`", item[1]):
            yield " ".join(takewhile(_NAME.fullmatch, words.split())), options


ALL: Mapping[str, frozenset[str]] = dict(there(commands))


def test_the_document_has_every_command_once_and_no_other() -> None:
    assert sorted(name for name, _ in documented()) == sorted(ALL)


@pytest.mark.parametrize("name", ALL)
def test_the_document_has_every_option_of_a_command_and_no_other(name: str) -> None:
    assert dict(documented())[name] == ALL[name]


def test_the_document_can_be_read_at_a_terminal() -> None:
    assert not [line for line in COMMANDS_MD.read_text(encoding="utf-8").splitlines() if len(line) > _LONGEST_LINE]
