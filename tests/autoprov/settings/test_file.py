import os
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autoprov.settings.error import SettingsError
from autoprov.settings.file import load_settings
from autoprov.settings.secret_files import new_secrets, read_secrets, write_secrets
from autoprov.settings.settings import Settings
from autoprov.settings.template import settings_text
from autoprov_phones.sipxconfig_models import OperatorModel
from registrar_plugin.sip.digest import Algorithm

Write = Callable[[str], Settings]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Settings from this TOML, with good secrets beside it."""
    write_secrets(tmp_path / "secrets", new_secrets())

    def load(toml: str) -> Settings:
        (tmp_path / "autoprov.toml").write_text(toml, encoding="utf-8")
        return load_settings(tmp_path / "autoprov.toml")

    return load


def problems_of(write: Write, toml: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        write(toml)
    assert str(caught.value.file) in str(caught.value)
    return caught.value.problems


def test_an_empty_file_is_the_defaults(write: Write) -> None:
    settings = write("")
    assert settings.phones.autoprovision_user == "~~id~autoprovision"
    assert settings.registrar.expires == timedelta(minutes=5)
    assert settings.config_system.kind == "embedded"


def test_the_template_holds_every_key_with_its_default(write: Write) -> None:
    assert write(settings_text(address="127.0.0.1")) == write("")


def test_every_commented_key_of_the_template_is_a_key(write: Write) -> None:
    text = settings_text(address="127.0.0.1").replace("\n# url", "\nurl").replace("\n# ca_file", "\nca_file")
    text = text.replace("\n# old_password", "\nold_password")
    settings = write(text.replace('\n# "CCX_500"', '\n"CCX_500"'))
    assert settings.config_system.url == "https://pbx.example.org/sipxconfig"
    assert settings.models == {"CCX_500": OperatorModel("polycomVVX450", "polycom5.5.2")}


def test_an_ipv6_address_is_bracketed_in_the_url_only() -> None:
    tables = tomllib.loads(settings_text(address="fd00::1"))
    assert tables["phones"]["url"] == "http://[fd00::1]:8480"
    assert tables["registrar"]["address"] == "fd00::1"


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("[phnes]\n", "[phnes]: no such table"),
        ("phones = 1\n", "[phones]: is a value"),
        (
            "[registrar]\nexpire = '300s'\n",
            "[registrar] expire: no such key; there are address, by, connections, connections_per_address, digest",
        ),
        ("[registrar]\nexpires = 300\n", "[registrar] expires: 300 is not a time"),
        ("[registrar]\nexpires = '0s'\n", "[registrar] expires: '0s' is not a time"),
        ("[registrar]\nexpires = '10s'\n", "[registrar] expires: at least 60s"),
        ("[registrar]\nlisten = '5066'\n", "[registrar] listen: '5066' is not an address"),
        ("[registrar]\nlisten = '0.0.0.0:70000'\n", "[registrar] listen: '0.0.0.0:70000' is not an address"),
        ("[registrar]\nrealm = 'a\"b'\n", "[registrar] realm:"),
        ("[phones]\nautoprovision_user = 'a b'\n", "[phones] autoprovision_user: 'a b' is not a SIP user name"),
        ("[phones]\nurl = 'http://u:p@host/'\n", "[phones] url:"),
        ("[phones]\nurl = 'http://host/a.cfg'\n", "[phones] url: ends in .cfg"),
        (f"[phones]\nurl = 'http://host/{'a' * 250}'\n", "[phones] url: phones cannot read what begins with it"),
        ("[phones]\nunique_id_length = true\n", "[phones] unique_id_length: True is not a whole number from 4 to 10"),
        ("[phones]\nunique_id_length = 3\n", "[phones] unique_id_length: 3 is not a whole number from 4 to 10"),
        ("[config_system]\nkind = 'asterisk'\n", "[config_system] kind: 'asterisk' is none of embedded, sipxconfig"),
        ("[config_system]\nkind = 'sipxconfig'\n", "[config_system] url: needed"),
        ("[config_system]\nuser_name = ''\n", "[config_system] user_name: may be empty with"),
        ("[console]\nhost_names = 'a'\n", "[console] host_names: 'a' is not a list of strings"),
        ("[worker]\nsnapshot_every = '1h'\n", "[web] snapshot_max_age: should be at least twice"),
        ("[models]\nCCX_500 = 'x'\n", "[models] CCX_500: should look like"),
        ("[models]\nCCX_500 = { version = 'x' }\n", "[models] CCX_500: model_id is missing"),
        ("[models]\nCCX_500 = { model = 'x' }\n", "[models.CCX_500] model: no such key"),
        ("[phones]\npassword = 'one'\n", "[phones] password: 'one' is none of per-phone, shared"),
        (
            "[phones]\npassword = 'shared'\n",
            '[phones] password: "shared" needs a password of yours in secrets/sip-pass',
        ),
        ("[phones]\nold_password_until = '7d'\n", "[phones] old_password_until: '7d' is not a day such as 2026-12-31"),
        ("[phones]\nold_password_until = 2026-12-31T10:00:00Z\n", "[phones] old_password_until: datetime.datetime("),
        ("[phones]\nold_password_until = 9999-12-31\n", "[phones] old_password_until: datetime.date(9999, 12, 31)"),
        ("[registrar]\ndigest = 'md5'\n", "[registrar] digest: 'md5' is none of MD5, SHA-256, both"),
        ("[web\n", "is not TOML"),
        ("[registrar]\naddress = '10.0.0.1:5066'\n", "[registrar] address: '10.0.0.1:5066' is not a host name"),
        ("[registrar]\naddress = 'http://pbx'\n", "[registrar] address: 'http://pbx' is not a host name"),
        ("[lines]\nregistrar = '[fd00::1]'\n", "[lines] registrar: '[fd00::1]' is not a host name"),
        ("[lines]\nregistrar = 7\n", "[lines] registrar: 7 is not a host name"),
        ("[phones]\nurl = 'http://host:99999/'\n", "[phones] url: 'http://host:99999/' has no host"),
        ("[phones]\nurl = 'http://[10.0.0.1:80]:8480'\n", "[phones] url: 'http://[10.0.0.1:80]:8480' has no host"),
        ("[phones]\nurl = 'http://[fd00::1'\n", "[phones] url: 'http://[fd00::1' has no host"),
        ("[console]\nlisten = '0.0.0.0:8481'\n", "[inventory] listen: 127.0.0.1:8481 is taken by [console] listen"),
        ("[console]\nlisten = '127.0.0.1:8480'\n", "[console] listen: 127.0.0.1:8480 is taken by [web] listen"),
        ("[registrar]\nlisten = '0.0.0.0:8482'\n", "[console] listen: 127.0.0.1:8482 is taken by [registrar] tcp"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key_and_reason(write: Write, toml: str, problem: str) -> None:
    assert any(line.startswith(problem) for line in problems_of(write, toml))


@pytest.mark.parametrize(
    "toml",
    [
        "[console]\nlisten = '127.0.0.1:0'\n[web]\nlisten = '127.0.0.1:0'\n",
        "[console]\nlisten = '127.0.0.2:8481'\n",
        "[console]\nlisten = '127.0.0.1:8481'\n[config_system]\nkind = 'sipxconfig'\nurl = 'https://pbx/sipxconfig'\n",
        "[registrar]\naddress = 'fd00::1'\n",
        "[config_system]\nkind = 'sipxconfig'\nurl = 'http://127.0.0.1:12001/sipxconfig'\nuser_name = ''\n",
    ],
)
def test_what_can_stand_side_by_side_is_not_refused(write: Write, toml: str) -> None:
    assert write(toml)


def test_each_phone_has_its_own_password_whatever_an_earlier_version_left(write: Write, tmp_path: Path) -> None:
    for name in ("sip-password", "sip-password.old"):
        (tmp_path / "secrets" / name).write_text(f"the {name}\n", encoding="ascii")
        (tmp_path / "secrets" / name).chmod(0o600)
    assert (write("").phones.share_password, write("").phones.old_password_until) == (False, None)
    settings = write("[phones]\npassword = 'shared'\nold_password_until = 2026-12-31\n")
    assert settings.phones.share_password
    assert settings.phones.old_password_until == datetime(2027, 1, 1, tzinfo=UTC)
    assert (settings.secrets.sip_password, settings.secrets.old_sip_password) == (
        "the sip-password",
        "the sip-password.old",
    )


@pytest.mark.parametrize("name", ["sip-password", "sip-password.old"])
@pytest.mark.parametrize("password", ["<tag>", "a'b", "größe", ""])
def test_a_password_that_some_phone_cannot_carry_is_refused(
    write: Write, tmp_path: Path, name: str, password: str
) -> None:
    (tmp_path / "secrets" / name).write_text(f"{password}\n", encoding="utf-8")
    (tmp_path / "secrets" / name).chmod(0o600)
    assert any(problem.startswith(f"{name}: ") for problem in problems_of(write, ""))


def test_the_better_digest_is_offered_first(write: Write) -> None:
    assert write("").registrar.digest == (Algorithm.MD5,)
    assert write("[registrar]\ndigest = 'both'\n").registrar.digest == (Algorithm.SHA_256, Algorithm.MD5)


def test_a_file_that_is_not_text_says_where(write: Write, tmp_path: Path) -> None:
    write("")
    (tmp_path / "autoprov.toml").write_bytes(b"[web]\xff\n")
    with pytest.raises(SettingsError, match="not UTF-8 text, see byte 5"):
        load_settings(tmp_path / "autoprov.toml")


def test_all_problems_are_told_at_once(write: Write) -> None:
    assert len(problems_of(write, "[phones]\nurl = 1\n[web]\nlisten = 2\n[nothing]\n")) == 3


def test_a_missing_file_says_how_to_write_it(tmp_path: Path) -> None:
    write_secrets(tmp_path / "secrets", new_secrets())
    with pytest.raises(SettingsError, match="autoprov init"):
        load_settings(tmp_path / "autoprov.toml")


def test_secrets_are_written_for_their_owner_alone_and_never_twice(tmp_path: Path) -> None:
    first = new_secrets()
    assert len(write_secrets(tmp_path / "secrets", first)) == 2
    assert write_secrets(tmp_path / "secrets", new_secrets()) == []
    assert read_secrets(tmp_path / "secrets") == first
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_a_secret_that_others_may_read_is_refused_with_the_command_that_mends_it(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "installation-key").chmod(0o644)
    assert any("chmod 600" in problem for problem in problems_of(write, ""))


def test_a_secret_that_cannot_be_read_is_named_in_words(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "sip-password").mkdir()
    (tmp_path / "secrets" / "config-system-password").write_bytes(b"\xff\n")
    assert problems_of(write, "") == [
        "sip-password: cannot be read: Is a directory",
        "config-system-password: is not UTF-8 text",
    ]


def test_a_damaged_or_missing_secret_is_named(write: Write, tmp_path: Path) -> None:
    (tmp_path / "secrets" / "installation-key").write_text("not hex\n", encoding="ascii")
    (tmp_path / "secrets" / "config-system-password").unlink()
    told = " ".join(problems_of(write, ""))
    assert "installation-key" in told
    assert "config-system-password: missing" in told


def test_secrets_are_not_in_the_settings_text_form(write: Write) -> None:
    settings = write("")
    assert settings.secrets.config_system_password not in repr(settings)
    assert settings.secrets.installation_key.hex() not in repr(settings)
    assert os.fspath(settings.file) in repr(settings)


def test_a_pipe_in_the_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "autoprov.toml")
    with pytest.raises(SettingsError, match="is a pipe"):
        load_settings(tmp_path / "autoprov.toml")
