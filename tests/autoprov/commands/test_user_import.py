"""``autoprov user import`` as a shell runs it."""

from pathlib import Path

import pytest

from autoprov.openings import open_inventory, open_queue
from autoprov.settings.file import load_settings
from autoprov_queue.order import OrderKind
from sipxconfig_server.records import PhoneRecord, User
from tests.autoprov.test_cli import autoprov

MAC = "0004f2000001"


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    assert autoprov("init", str(tmp_path / "site"), "--address", "192.0.2.10").returncode == 0
    return tmp_path / "site" / "autoprov.toml"


def test_an_import_from_first_look_to_changed_password(settings_file: Path, tmp_path: Path) -> None:
    users = tmp_path / "users.csv"
    users.write_text("extension,name,tech,secret\n200,Ann,pjsip,s3cret-1\n201,Bob,pjsip,s3cret-2\n", "utf-8")
    looked = autoprov("user", "import", "--dry-run", str(users), settings=settings_file)
    assert (looked.returncode, looked.stdout.splitlines()[-1]) == (
        0,
        "would be: new: 2; changed: 0; as before: 0; bad: 0; phones that fetch new files: 0",
    )
    settings = load_settings(settings_file)
    with open_inventory(settings) as inventory:
        assert inventory.user("200") is None
    assert autoprov("user", "import", str(users), settings=settings_file).returncode == 0
    with open_inventory(settings) as inventory:
        phone = inventory.add_phone(PhoneRecord(MAC, "polycomVVX410", None, None))
        inventory.add_line(phone, User("200", "Ann", "s3cret-1"), max_lines=1)
    changed = users.read_text("utf-8").replace("s3cret-1", "changed")
    again = autoprov("user", "import", "-", stdin=changed, settings=settings_file)
    assert f"changed: 200 (SIP password); its phones: {MAC}" in again.stdout
    assert not any(secret in looked.stdout + again.stdout for secret in ("s3cret", "changed-"))
    with open_queue(settings) as queue:
        assert [(order.kind, order.mac.hex) for order in queue.pending_orders()] == [(OrderKind.FOLLOW, MAC)]


def test_with_a_bad_row_nothing_is_done_unless_that_is_said(settings_file: Path) -> None:
    text = "user,password\n200,pw\n201,\n"
    refused = autoprov("user", "import", "-", stdin=text, settings=settings_file)
    assert refused.returncode == 1
    assert "line 3: 201: has no SIP password" in refused.stderr
    assert "nothing was done" in refused.stderr
    skipped = autoprov("user", "import", "--skip-bad", "-", stdin=text, settings=settings_file)
    assert (skipped.returncode, skipped.stdout.splitlines()[0]) == (1, "new: 200")


def test_a_file_without_users_is_an_error(settings_file: Path) -> None:
    refused = autoprov("user", "import", "-", stdin="user,password\n", settings=settings_file)
    assert (refused.returncode, "there are no users in it" in refused.stderr) == (1, True)


def test_a_url_with_a_password_is_refused_and_not_repeated(settings_file: Path) -> None:
    refused = autoprov("user", "import", "mysql+pymysql://k:s3cret@h/k", settings=settings_file)
    assert refused.returncode == 1
    assert "leave the password out" in refused.stderr
    assert "s3cret" not in refused.stderr
