"""The manual page, on standard output: the commands as click knows them, put into a page written by hand.

Usage: python manual_page.py autoprov.8.in
"""

import inspect
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from autoprov.cli import commands

COMMANDS_PLACE = "@COMMANDS@"
VERSION_PLACE = "@VERSION@"


def manual_page(template: str) -> str:
    """*template*, a page in man(7), with the commands and the version in their places."""
    lines = "\n".join(_group(commands, name="autoprov"))
    return template.replace(VERSION_PLACE, version("autoprov")).replace(COMMANDS_PLACE, lines)


def _group(group: click.Group, *, name: str) -> Iterator[str]:
    context = click.Context(group, info_name=name)
    for command_name in group.list_commands(context):
        command = group.get_command(context, command_name)
        assert command is not None
        if command.hidden:
            continue
        if isinstance(command, click.Group):
            yield from _group(command, name=f"{name} {command_name}")
        else:
            yield from _command(command, name=f"{name} {command_name}")


def _command(command: click.Command, *, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    yield ".TP"
    yield f".B {_roff(name)} {_roff(usage)}".rstrip()
    yield from _text(command.help or "")
    records = [
        record
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts
        if (record := parameter.get_help_record(context)) is not None
    ]
    if records:
        yield ".RS"
        for option, told in records:
            yield ".TP"
            yield f".B {_roff(option)}"
            yield from _text(told)
        yield ".RE"


def _text(text: str) -> Iterator[str]:
    """Running text, a line a paragraph; click's ``\\b`` keeps the lines of its paragraph."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text))):
        if number:
            yield ".IP"
        lines = paragraph.splitlines()
        if lines and lines[0] == "\b":
            yield ".nf"
            yield from map(_roff, lines[1:])
            yield ".fi"
        else:
            yield _roff(" ".join(line.strip() for line in lines))


def _roff(text: str) -> str:
    """*text* as roff prints it: hyphens stay hyphens, and no line begins with a control character."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti").replace("'", r"\(aq")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    sys.stdout.write(manual_page(Path(sys.argv[1]).read_text(encoding="utf-8")))
