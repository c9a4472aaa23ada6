import json
from pathlib import Path

import pytest

from autoprov.settings.error import SettingsError
from autoprov.settings.reader import Listen
from autoprov.setup.answers import Boot, Host, Sipxconfig, read_answers, read_boot, read_pbx
from autoprov.setup.changes import new_answers

DEFAULTS = new_answers("192.168.7.2")


def test_what_a_file_does_not_answer_is_as_proposed(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('host = "kamailio"\n', encoding="utf-8")
    answers = read_answers(file, defaults=DEFAULTS)
    assert (answers.host, answers.pbx, answers.config_system) == (Host.KAMAILIO, Listen("192.168.7.2", 5060), None)


def test_json_answers_like_toml_and_passwords_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234 5\nnot this\n", encoding="utf-8")
    file = tmp_path / "answers.json"
    given = {
        "host": "sipxecs",
        "pbx": "pbx.example.org:5070",
        "config_system": "https://pbx.example.org/sipxconfig",
        "config_system_password_file": "pin",
        "boot": "/srv/tftp",
        "networks": ["10.0.0.0/8"],
        "discovery": "closed",
    }
    file.write_text(json.dumps(given), encoding="utf-8")
    answers = read_answers(file, defaults=DEFAULTS)
    assert answers.config_system == Sipxconfig("https://pbx.example.org/sipxconfig", "superadmin")
    assert (answers.config_system_password, answers.boot_server) == ("1234 5", Path("/srv/tftp"))
    assert (answers.networks, answers.discovery) == (("10.0.0.0/8",), "closed")
    assert "1234 5" not in repr(answers)


def test_everything_that_is_wrong_is_named(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('host = "3cx"\npbx = "a b"\nadress = "10.0.0.1"\nsip_password_file = "nowhere"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        read_answers(file, defaults=DEFAULTS)
    assert len(told.value.problems) == 4
    assert all(any(word in problem for problem in told.value.problems) for word in ("3cx", "a b", "adress", "nowhere"))


@pytest.mark.parametrize("text", ["", "[1]", "{", "\x00"])
def test_what_is_no_answers_file_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"answers\.json"):
        read_answers(file, defaults=DEFAULTS)


def test_a_pbx_may_have_a_port_of_its_own() -> None:
    assert read_pbx("pbx.example.org") == Listen("pbx.example.org", 5060)
    assert read_pbx("[fd00::5]:5070") == Listen("fd00::5", 5070)
    assert read_pbx("sip:pbx.example.org") is None


def test_whatever_is_no_way_to_boot_is_a_directory() -> None:
    assert read_boot("apache") == (Boot.APACHE, None)
    assert read_boot("/srv/tftp") == (Boot.OWN, Path("/srv/tftp"))
