from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.settings.error import SettingsError
from autoprov.settings.secret_files import read_secrets
from autoprov.setup.answers import Host, Sipxconfig
from autoprov.setup.changes import new_answers
from autoprov.setup.plan import answers_now, plan_setup, write_setup

NEW = new_answers("192.168.7.2")
SETTINGS = "autoprov.toml"


def test_what_would_be_unusable_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="networks"):
        plan_setup(tmp_path / "site", replace(NEW, networks=("10.0.0.1/8",)), before=None)
    assert not (tmp_path / "site").exists()


def test_secrets_are_for_their_owner_alone_and_stay(tmp_path: Path) -> None:
    write_setup(plan_setup(tmp_path, NEW, before=None))
    key = read_secrets(tmp_path / "secrets").installation_key
    with_pin = replace(NEW, config_system=Sipxconfig("https://pbx/sipxconfig", "admin"), config_system_password="1234")
    plan = plan_setup(tmp_path, with_pin, before=answers_now(tmp_path))
    assert "1234" not in repr(plan)
    write_setup(plan)
    held = read_secrets(tmp_path / "secrets")
    assert (held.installation_key, held.config_system_password) == (key, "1234")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_a_key_that_was_restored_from_a_backup_is_kept(tmp_path: Path) -> None:
    write_setup(plan_setup(tmp_path, NEW, before=None))
    key = read_secrets(tmp_path / "secrets").installation_key
    (tmp_path / SETTINGS).unlink()
    write_setup(plan_setup(tmp_path, NEW, before=answers_now(tmp_path)))
    assert read_secrets(tmp_path / "secrets").installation_key == key


def test_a_shared_password_is_made_up_once_where_the_pbx_has_to_know_it(tmp_path: Path) -> None:
    at_pbx = replace(NEW, host=Host.ASTERISK)
    write_setup(plan_setup(tmp_path, at_pbx, before=None))
    password = read_secrets(tmp_path / "secrets").sip_password
    assert password
    plan = plan_setup(tmp_path, replace(at_pbx, discovery="closed"), before=answers_now(tmp_path))
    assert (plan.typed, plan.is_done) == ({}, False)


def test_what_was_written_by_hand_stays_and_so_does_the_old_file(tmp_path: Path) -> None:
    write_setup(plan_setup(tmp_path, NEW, before=None))
    file = tmp_path / SETTINGS
    by_hand = file.read_text(encoding="utf-8").replace('realm = "autoprov"', 'realm = "mine"  # of old')
    file.write_text(by_hand, encoding="utf-8")
    write_setup(plan_setup(tmp_path, replace(NEW, discovery="closed"), before=answers_now(tmp_path)))
    assert 'realm = "mine"  # of old' in file.read_text(encoding="utf-8")
    assert (tmp_path / f"{SETTINGS}.before-setup").read_text(encoding="utf-8") == by_hand


def test_what_somebody_else_wrote_since_the_plan_was_made_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / SETTINGS
    first = plan_setup(tmp_path, NEW, before=None)
    write_setup(first)
    second = plan_setup(tmp_path, replace(NEW, discovery="closed"), before=answers_now(tmp_path))
    by_hand = file.read_text(encoding="utf-8") + "# meanwhile\n"
    file.write_text(by_hand, encoding="utf-8")
    for plan in (first, second):
        with pytest.raises(SettingsError, match="changed by somebody else just now"):
            write_setup(plan)
    assert file.read_text(encoding="utf-8") == by_hand
