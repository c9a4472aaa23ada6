import json
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.user_agents import MAX_LENGTH, recognise
from tests.shared_data import shared_data

LINE = "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 (SN:0004f2abcdef) Type/Application"


class Told(NamedTuple):
    """What a User-Agent tells, as the collections write it."""

    vendor: str | None
    family: str | None
    model: str | None
    firmware: str | None
    mac: str | None


def told(user_agent: str) -> Told | None:
    software = recognise(user_agent)
    if software is None:
        return None
    mac = str(software.mac) if software.mac is not None else None
    return Told(software.vendor, software.family, software.model, software.firmware, mac)


def test_every_collected_user_agent_is_told_right() -> None:
    rows = [json.loads(line) for line in shared_data("user_agents", "user_agents.jsonl").read_text().splitlines()]
    expected = {
        row["ua"]: Told(*(row[key] for key in Told._fields)) if row["vendor"] == "polycom" and row["is_phone"] else None
        for row in rows
    }
    assert {user_agent: told(user_agent) for user_agent in expected} == expected
    assert sum(row is not None for row in expected.values()) > 40


def test_the_user_agents_of_captured_registers_are_told_right() -> None:
    rows = [json.loads(line)["expect"] for line in shared_data("register", "index.jsonl").read_text().splitlines()]
    for row in rows:
        software = recognise(row["ua"] or "")
        if row["vendor"] == "polycom":
            assert software is not None
            assert (software.model, software.firmware) == (row["model"], row["firmware"])
        else:
            assert software is None


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    assert recognise(text) is None


@given(st.integers(0, len(LINE)), st.characters(exclude_categories=[], max_codepoint=0x2FF))
def test_a_control_or_latin_1_character_anywhere_spoils_it(place: int, character: str) -> None:
    spoiled = LINE[:place] + character + LINE[place:]
    if not (character.isascii() and character.isprintable()):
        assert recognise(spoiled) is None


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        " ",
        "Poly" * 128,
        "Poly" + "com" * 170,
        "Polycom/" + "1." * 250,
        "PolycomVVX-VVX_500-UA/" + "5." * 240,
        "FileTransport " * 36,
        "PolycomVVX-VVX_500-UA/5.5.0" + " Type/Application" * 28,
        LINE + " " * MAX_LENGTH,
        LINE * 100_000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_long_or_repeated_one_is_not_recognised(user_agent: str) -> None:
    assert recognise(user_agent) is None


def test_two_phones_in_one_line_are_none() -> None:
    assert recognise(LINE) is not None
    assert recognise(f"{LINE} {LINE}") is None
    assert recognise(f"{LINE}\n") is None
