from pathlib import Path

import pytest

from autoprov.settings.error import SettingsError
from autoprov.settings.file import read_settings
from autoprov.settings.reader import Listen, TableReader
from autoprov.settings.resync import ASTERISK, FLOW, ResyncSettings, read_resync
from autoprov.settings.secret_files import Secrets

SHARED = {"phones": {"password": "shared"}, "registrar": {"by": "pbx"}}


def read(**values: object) -> tuple[ResyncSettings, list[str]]:
    problems: list[str] = []
    table = TableReader("resync", values, problems)
    settings = read_resync(table)
    table.finish()
    return settings, problems


def problems_of(folder: Path, tables: dict[str, object], **secrets: str) -> list[str]:
    try:
        read_settings(folder / "autoprov.toml", tables, Secrets(bytes(32), "s3cret", "made-up", **secrets))
    except SettingsError as error:
        return error.problems
    return []


def test_without_the_table_our_own_registrar_tells_phones() -> None:
    settings, problems = read()
    assert (settings.by, problems) == (FLOW, [])


def test_asterisk_is_named_by_its_managers_address_and_section() -> None:
    settings, problems = read(by="asterisk", asterisk="192.0.2.5:5039", asterisk_user="phones")
    assert (settings.by, settings.asterisk, settings.asterisk_user) == (ASTERISK, Listen("192.0.2.5", 5039), "phones")
    assert problems == []


@pytest.mark.parametrize(
    ("text", "at"), [("/run/kamailio/rpc", "/run/kamailio/rpc"), ("udp:127.0.0.1:8033", ("127.0.0.1", 8033))]
)
def test_kamailio_is_a_unix_socket_or_a_udp_port(text: str, at: object) -> None:
    assert read(kamailio=text)[0].kamailio == at


@pytest.mark.parametrize("values", [{"by": "magic"}, {"kamailio": "rpc"}, {"kamailio": "udp:8033"}, {"bye": "flow"}])
def test_what_cannot_be_read_is_a_problem(values: dict[str, object]) -> None:
    _, problems = read(**values)
    assert len(problems) == 1


def test_asterisk_needs_the_managers_secret(tmp_path: Path) -> None:
    tables: dict[str, object] = {"resync": {"by": "asterisk"}}
    (problem,) = problems_of(tmp_path, tables)
    assert "secrets/asterisk-password" in problem
    assert problems_of(tmp_path, tables, asterisk_password="m4nager") == []


def test_sipxconfig_needs_to_be_the_config_system(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, {"resync": {"by": "sipxconfig"}})
    assert problem.startswith('[resync] by: "sipxconfig"')


def test_where_phones_register_elsewhere_our_registrar_cannot_tell_them(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, dict(SHARED))
    assert problem.startswith('[resync] by: "flow"')
    assert problems_of(tmp_path, {**SHARED, "resync": {"by": "source"}}) == []


def test_another_registrar_cannot_know_a_password_of_each_phone(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, {"registrar": {"by": "pbx"}, "resync": {"by": "source"}})
    assert problem.startswith('[registrar] by: "pbx" needs [phones] password = "shared"')


def test_phones_are_told_the_other_registrars_port(tmp_path: Path) -> None:
    tables: dict[str, object] = {"phones": {"password": "shared"}, "resync": {"by": "source"}}
    tables["registrar"] = {"by": "pbx", "address": "pbx.example.org", "pbx_port": 5080}
    settings = read_settings(tmp_path / "autoprov.toml", tables, Secrets(bytes(32), "s3cret", "made-up"))
    assert (settings.registrar.address, settings.registrar.told_port) == ("pbx.example.org", 5080)
    assert settings.registrar.listeners == ()
