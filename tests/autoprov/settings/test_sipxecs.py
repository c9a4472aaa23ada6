import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import cast

import pytest

from autoprov.checks.finding import Level
from autoprov.checks.foreign_registrar import check_foreign_registrar
from autoprov.checks.passwords import check_passwords
from autoprov.compile_site import compile_site
from autoprov.present import utc_now
from autoprov.settings.error import SettingsError
from autoprov.settings.file import read_settings
from autoprov.settings.secret_files import Secrets
from autoprov.settings.settings import Settings
from tests.autoprov.sipxecs_directory import DOMAIN, PASSWORD, USER, write_sipxecs_files

SECRETS = Secrets(b"k" * 32, None, "unused")
AT_THE_PBX: Mapping[str, object] = {"by": "pbx", "address": DOMAIN, "pbx_port": 0}
REG_EVENT: Mapping[str, object] = {"address_of_record": "shared", "reg_event": "192.0.2.1:5075"}


def read(
    folder: Path, sipxecs: Mapping[str, object] | None = None, *, registrar: Mapping[str, object] = AT_THE_PBX
) -> Settings:
    tables = {
        "registrar": registrar,
        "resync": {"by": "source"},
        "plugin": {"socket": "run/plugin.sock"},
        "sipxecs": {**write_sipxecs_files(folder), **(sipxecs or {})},
    }
    return read_settings(folder / "autoprov.toml", cast("dict[str, object]", tables), SECRETS)


def problems_of(folder: Path, sipxecs: Mapping[str, object], registrar: Mapping[str, object] = AT_THE_PBX) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        read(folder, sipxecs, registrar=registrar)
    return raised.value.problems


def registration_of(settings: Settings) -> str:
    return compile_site(settings, now=utc_now()).documents["registration"].decode()


@pytest.fixture
def tmp_path() -> Generator[Path]:
    """Shorter than pytest's own: a Unix socket's path has 107 bytes."""
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


def test_phones_register_as_sipxecs_own_unassigned_phones_do(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.phones.autoprovision_user == USER
    assert (settings.phones.share_password, settings.secrets.sip_password) == (True, PASSWORD)
    assert settings.plugin_socket == tmp_path / "run" / "plugin.sock"


def test_each_phone_has_an_address_of_its_own_and_says_its_mac(tmp_path: Path) -> None:
    registration = registration_of(read(tmp_path))
    assert f'reg.1.address="{USER}~@@UNIQUE_ID@@"' in registration
    assert f'reg.1.auth.userId="{USER}/@@MAC@@"' in registration
    assert f'reg.1.auth.password="{PASSWORD}"' in registration
    assert f'reg.1.server.1.address="{DOMAIN}"' in registration
    assert 'reg.1.server.1.port="0"' in registration


def test_the_older_sipxecs_knows_one_address_for_all(tmp_path: Path) -> None:
    registration = registration_of(read(tmp_path, {"address_of_record": "shared", "digest_user": "user"}))
    assert f'reg.1.address="{USER}"' in registration
    assert f'reg.1.auth.userId="{USER}"' in registration


def test_where_to_subscribe_is_a_setting(tmp_path: Path) -> None:
    sipxecs = read(tmp_path, REG_EVENT).sipxecs
    assert sipxecs is not None
    assert sipxecs.reg_event is not None
    assert (str(sipxecs.reg_event.server), str(sipxecs.reg_event.listen)) == ("192.0.2.1:5075", "0.0.0.0:5069")


def test_without_the_table_nothing_is_read(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "autoprov.toml", {}, SECRETS)
    assert (settings.sipxecs, settings.plugin_socket) == (None, None)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"provision_config": "gone"}, "[sipxecs] provision_config: {folder}/gone: No such file or directory"),
        ({"domain_config": "gone"}, "[sipxecs] domain_config: {folder}/gone: No such file or directory"),
        ({"reg_event": "192.0.2.1:5075"}, "[sipxecs] reg_event: needs address_of_record"),
        ({**REG_EVENT, "digest_user": "user"}, "[sipxecs] reg_event: needs address_of_record"),
        ({"reg_event": 5075}, "[sipxecs] reg_event: 5075 is not an address"),
        ({"digest_user": "mac"}, "[sipxecs] digest_user: 'mac' is none of"),
        ({"users": "x"}, "[sipxecs] users: no such key"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, given: dict[str, object], problem: str) -> None:
    expected = problem.format(folder=tmp_path)
    assert any(each.startswith(expected) for each in problems_of(tmp_path, given))


@pytest.mark.parametrize("key", ["provision_config", "domain_config"])
def test_a_file_that_is_missing_is_the_only_thing_that_is_said_to_be_wrong(tmp_path: Path, key: str) -> None:
    assert len(problems_of(tmp_path, {key: "gone"})) == 1


def test_phones_that_register_with_us_are_no_matter_of_this_table(tmp_path: Path) -> None:
    (problem, *_) = problems_of(tmp_path, {}, {})
    assert problem.startswith("[sipxecs]: is for phones that register at the sipXecs")


def test_a_registrar_that_is_another_is_told_from_this_one(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, {}, {**AT_THE_PBX, "address": "192.0.2.77"})
    assert problem == (
        "[registrar] address: '192.0.2.77' is no name of this sipXecs; it has 192.0.2.1, example.org, sipx.example.org"
    )


def test_a_time_that_sipxecs_refuses_is_a_problem(tmp_path: Path) -> None:
    assert problems_of(tmp_path, {}, {**AT_THE_PBX, "expires": "120s"}) == [
        "[registrar] expires: at least 300s at a sipXecs, which refuses less"
    ]


def test_a_socket_whose_path_no_socket_can_have_is_a_problem(tmp_path: Path) -> None:
    tables: dict[str, object] = {"plugin": {"socket": "/" + "x" * 100}}
    with pytest.raises(SettingsError, match="which a Unix socket cannot have"):
        read_settings(tmp_path / "autoprov.toml", tables, SECRETS)


def findings(settings: Settings, level: Level) -> list[str]:
    found = [each for each in check_foreign_registrar(settings) if each.level is level]
    assert all(each.mend for each in found if level is not Level.OK)
    return [each.what for each in found]


def test_check_says_whose_phones_register_where_and_who_can_send(tmp_path: Path) -> None:
    settings = read(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o2770)
    assert f"phones register as {USER} in {DOMAIN}" in findings(settings, Level.OK)[0]
    assert "can send to it" in findings(settings, Level.OK)[1]
    assert findings(settings, Level.WRONG) == []


def test_check_says_whose_password_the_phones_have(tmp_path: Path) -> None:
    (found,) = check_passwords(read(tmp_path), now=utc_now())
    assert found.what == f"all phones share the SIP password in {tmp_path / 'sipxprovision-config'}"


def test_check_names_a_socket_whose_folder_is_missing_or_ours_alone(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert findings(settings, Level.WRONG) == [f"[plugin] socket: {tmp_path / 'run'}: No such file or directory"]
    (tmp_path / "run").mkdir(mode=0o750)
    assert "only our own group can send to it" in findings(settings, Level.WARNING)[0]


def test_check_tells_when_nobody_or_two_tell_us_of_registrations(tmp_path: Path) -> None:
    both = read(tmp_path, REG_EVENT)
    assert any("both a plug-in and reg_event" in each for each in findings(both, Level.WARNING))
    tables = {"registrar": AT_THE_PBX, "resync": {"by": "source"}, "sipxecs": write_sipxecs_files(tmp_path)}
    nobody = read_settings(tmp_path / "autoprov.toml", cast("dict[str, object]", tables), SECRETS)
    assert findings(nobody, Level.WRONG) == ["[sipxecs] nobody tells us who registered there"]
