"""Changes single keys of a settings file as a person would: in their lines, with all that stands around them."""

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TypeAlias, cast

Value: TypeAlias = str | int | bool | tuple[str, ...]
_HEADER = re.compile(r"(?P<off># ?)?\[(?P<table>[a-z_]+)\]")


class NotEditable(Exception):
    """The file is written in a way that cannot be changed line by line; a person has to."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key and what it shall be; None: as if it were not there."""

    table: str
    key: str
    value: Value | None

    def __str__(self) -> str:
        if self.value is None:
            return f"[{self.table}] {self.key}: none"
        return f"[{self.table}] {self.key} = {_toml(self.value)}"


def edit_settings(text: str, changes: tuple[Change, ...]) -> str:
    """The TOML *text* with *changes*; a key or table that is commented out is used, with its comment.

    Raises:
        NotEditable: a key is not where it is looked for, such as in an array of several lines; *text* is no TOML.
    """
    lines = text.splitlines()
    for change in changes:
        lines = _edit(lines, change)
    edited = "".join(f"{line}\n" for line in lines)
    try:
        tables = tomllib.loads(edited)
    except tomllib.TOMLDecodeError as error:
        raise NotEditable(_by_hand(changes)) from error
    wrong = tuple(change for change in changes if _value(tables, change) != change.value)
    if wrong:
        raise NotEditable(_by_hand(wrong))
    return edited


def settled(text: str, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Those of *changes* that say something else than the TOML *text*."""
    tables = tomllib.loads(text)
    return tuple(change for change in changes if _value(tables, change) != change.value)


def _edit(lines: list[str], change: Change) -> list[str]:
    headers = [(number, match) for number, line in enumerate(lines) if (match := _HEADER.match(line))]
    mine = [(number, match) for number, match in headers if match["table"] == change.table]
    if not mine:
        return lines if change.value is None else [*lines, "", f"[{change.table}]", _line(change, "")]
    start, header = next((found for found in mine if found[1]["off"] is None), mine[0])
    end = next((number for number, _ in headers if number > start), len(lines))
    body = _edit_key(lines[start + 1 : end], change)
    first = lines[start]
    if header["off"] is not None and change.value is not None:
        first = first.removeprefix(header["off"])
    return [*lines[:start], first, *body, *lines[end:]]


def _edit_key(body: list[str], change: Change) -> list[str]:
    key = re.compile(rf"(?P<off># ?)?{re.escape(change.key)}\s*=\s*(?P<rest>.*)")
    found = [(number, match) for number, line in enumerate(body) if (match := key.fullmatch(line))]
    if not found:
        return body if change.value is None else [_line(change, ""), *body]
    number, match = next((each for each in found if each[1]["off"] is None), found[0])
    if change.value is None:
        line = body[number] if match["off"] else f"# {body[number]}"
    else:
        line = _line(change, _comment(match["rest"]))
    return [*body[:number], line, *body[number + 1 :]]


def _line(change: Change, comment: str) -> str:
    assert change.value is not None
    assignment = f"{change.key} = {_toml(change.value)}"
    return f"{assignment:<32} {comment}" if comment else assignment


def _comment(rest: str) -> str:
    """What stands behind a value, from its ``#`` on."""
    for mark in [*re.finditer("#", rest)]:
        try:
            tomllib.loads(f"value = {rest[: mark.start()]}")
        except tomllib.TOMLDecodeError:
            continue
        return rest[mark.start() :]
    return ""


def _value(tables: dict[str, object], change: Change) -> object:
    table = tables.get(change.table)
    value = cast("dict[str, object]", table).get(change.key) if isinstance(table, dict) else None
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def _toml(value: Value) -> str:
    """JSON's spelling of these is TOML's as well."""
    return json.dumps(value, ensure_ascii=False)


def _by_hand(changes: tuple[Change, ...]) -> str:
    return "; ".join(map(str, changes))
