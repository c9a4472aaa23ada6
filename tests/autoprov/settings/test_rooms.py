from pathlib import Path

from autoprov.settings.rooms import phones_account
from autoprov.settings.secret_files import Secrets
from registrar_plugin.hosts.hep_proof import PhonesAccount
from tests.story.site import settings_from, tables

USER = "~~id~autoprovision"


def account(folder: Path, password: str, *, old: str | None) -> PhonesAccount | None:
    given = tables(phones={"password": password})
    return phones_account(settings_from(folder, given, secrets=Secrets(b"k" * 32, "today's", "made-up", old)))


def test_the_phones_account_at_a_pbx_has_the_password_of_today_and_the_one_before(tmp_path: Path) -> None:
    assert account(tmp_path, "shared", old=None) == PhonesAccount(USER, ("today's",))
    assert account(tmp_path, "shared", old="yesterday's") == PhonesAccount(USER, ("today's", "yesterday's"))


def test_where_each_phone_has_its_own_password_there_is_no_such_account(tmp_path: Path) -> None:
    assert account(tmp_path, "per-phone", old=None) is None
