"""``autoprov phone-file`` on an installation as ``autoprov init`` leaves it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autoprov.cli import commands
from autoprov.compile_site import write_site
from autoprov.installation import SETTINGS_FILE, initialise
from autoprov.openings import make_databases, open_queue
from autoprov.settings.file import load_settings
from autoprov_phones.derived_secret import derive_own_token, derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_worker.spool import SpoolWriter
from tests.autoprov_queue.values import detected

MAC = MacAddress("0004f2abcdef")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SITE = "tcpIpApp.sntp.address = ntp.example.org\ndevice.auth.localAdminPassword = s3cret\nmsg.mwi.1.subscribe = 200\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An installation with an overlay; nothing has run yet."""
    initialise(tmp_path, address="10.0.0.5")
    (tmp_path / "overlay").mkdir()
    write_overlay(tmp_path, "site.conf", SITE)
    write_overlay(tmp_path, "VVX_410.conf", "tcpIpApp.sntp.address = near.example.org\n")
    return tmp_path


def write_overlay(site: Path, name: str, text: str) -> None:
    path = site / "overlay" / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o640)


def phone_file(site: Path, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["phone-file", "--settings", str(site / SETTINGS_FILE), str(MAC), *arguments])


def said(site: Path, *arguments: str) -> str:
    result = phone_file(site, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def secrets_of(site: Path) -> Sequence[str]:
    key = load_settings(site / SETTINGS_FILE).secrets.installation_key
    return [derive_sip_password(MAC, key=key), derive_own_token(MAC, key=key), "s3cret"]


def test_without_a_name_its_files_are_listed_as_it_would_find_them(site: Path) -> None:
    rows = [line.split(maxsplit=2)[:2] for line in said(site, "--new").splitlines()]
    assert rows == [
        ["404", "0004f2abcdef.cfg"],
        ["200", "000000000000.cfg"],
        ["200", "0004f2abcdef-registration.cfg"],
        ["404", "0004f2abcdef-lines.cfg"],
        ["200", "0004f2abcdef-site.cfg"],
        ["200", "0004f2abcdef-phone.cfg"],
    ]


def test_before_the_first_snapshot_nobody_can_tell_and_the_list_says_so(site: Path) -> None:
    assert "503  0004f2abcdef-registration.cfg                  spool directory is missing\n" in said(site)


def test_an_old_model_has_a_registration_of_its_own(site: Path) -> None:
    assert "0004f2abcdef-registration-3.cfg" in said(site, "--new", "--model", "spip_601")
    assert "<phone1>" in said(site, "registration", "--new", "--model", "SPIP_335", "--firmware", "3.2.7")


def test_a_file_is_printed_with_stars_for_its_secrets(site: Path) -> None:
    shown = said(site, "registration", "--new") + said(site, "site")
    assert 'reg.1.auth.password="********"' in shown
    assert 'device.prov.serverName="10.0.0.5:8480/own/********"' in shown
    assert not any(secret in shown for secret in secrets_of(site))


def test_secrets_are_shown_to_who_asks_for_them(site: Path) -> None:
    shown = said(site, "registration", "--new", "--show-secrets") + said(site, "site", "--show-secrets")
    assert all(secret in shown for secret in secrets_of(site))


def test_who_knows_the_mac_alone_is_not_even_told_that_there_is_a_password(site: Path) -> None:
    assert "localAdminPassword" in said(site, "site")
    assert "localAdminPassword" not in said(site, "site", "--by-mac")


def test_a_model_gets_its_own_lines(site: Path) -> None:
    assert "near.example.org" in said(site, "site", "--model", "VVX_410")
    assert "ntp.example.org" in said(site, "site", "--model", "VVX_500")


def test_a_file_that_is_not_there_is_said_and_is_a_failure(site: Path) -> None:
    result = phone_file(site, "lines", "--new")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "autoprov: 0004f2abcdef-lines.cfg: 404 no line yet; without NAME all files are listed\n"
    assert phone_file(site, "0004f2000001-site.cfg").exit_code == 1


def test_a_model_that_no_polycom_has_is_refused(site: Path) -> None:
    result = phone_file(site, "--model", "SPA504G")
    assert result.exit_code == 2
    assert "no Polycom such as VVX_410" in result.stderr


def test_an_explanation_says_where_each_parameter_stands_and_what_it_hides(site: Path) -> None:
    lines = said(site, "--new", "--model", "VVX_410", "--explain").splitlines()
    assert lines[:3] == [
        "200  0004f2abcdef-registration.cfg  registration file",
        "200  0004f2abcdef-site.cfg  overlay",
        "",
    ]
    ntp = lines.index("VVX_410.conf:1                        tcpIpApp.sntp.address = near.example.org")
    assert lines[ntp + 1] == "  hides site.conf:1                   tcpIpApp.sntp.address = ntp.example.org"
    mwi = lines.index("0004f2abcdef-registration.cfg         msg.mwi.1.subscribe =")
    assert lines[mwi + 1] == "  hides site.conf:3                   msg.mwi.1.subscribe = 200"
    assert "site.conf:2                           device.auth.localAdminPassword = ********" in lines
    assert not any(secret in "\n".join(lines) for secret in secrets_of(site))


def test_an_assigned_phone_is_explained_by_its_own_master_file(site: Path) -> None:
    settings = load_settings(site / SETTINGS_FILE)
    own = {
        f"{MAC}.cfg": f'<APPLICATION CONFIG_FILES="http://10.0.0.5/own/x/{MAC}-lines.cfg,{MAC}-site.cfg"/>'.encode(),
        f"{MAC}-lines.cfg": b'<polycomConfig><reg reg.1.address="200"/></polycomConfig>',
    }
    SpoolWriter(settings.spool_directory).write(MAC, SpoolEntry(PhoneState.ASSIGNED, 0, own))
    shown = said(site, "--explain")
    assert "0004f2abcdef-lines.cfg                reg.1.address = 200" in shown
    assert "site.conf:3                           msg.mwi.1.subscribe = 200" in shown
    assert "assigned, and has not shown" in phone_file(site, "lines", "--by-mac").stderr


def test_a_difference_is_between_what_phones_get_and_what_they_would_get(site: Path) -> None:
    write_site(load_settings(site / SETTINGS_FILE), now=NOW)
    assert said(site, "--new", "--diff") == ""
    write_overlay(site, "site.conf", SITE.replace("s3cret", "another").replace("ntp.example", "time.example"))
    result = phone_file(site, "--new", "--diff")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "--- 0004f2abcdef-site.cfg now",
        "+++ 0004f2abcdef-site.cfg after compile",
        "@@ -1,2 +1,2 @@",
        "-device.auth.localAdminPassword = ******** (old)",
        "+device.auth.localAdminPassword = ******** (new)",
        " device.set = 1",
        "@@ -4,2 +4,2 @@",
        " msg.mwi.1.subscribe = 200",
        "-tcpIpApp.sntp.address = ntp.example.org",
        "+tcpIpApp.sntp.address = time.example.org",
    ]
    assert phone_file(site, "--new", "--diff", "--model", "VVX_410", "--by-mac").exit_code == 0


def test_a_difference_needs_a_compiled_site(site: Path) -> None:
    result = phone_file(site, "--diff")
    assert result.exit_code == 1
    assert "there is nothing to compare with" in result.stderr


def test_a_slip_in_the_overlay_stops_the_command_as_it_would_stop_up(site: Path) -> None:
    write_overlay(site, "site.conf", "reg.1.address = 200\n")
    result = phone_file(site, "site")
    assert result.exit_code != 0
    assert "overlay/site.conf:1: reg.1.address cannot be set here" in str(result.exception)


def test_the_id_on_the_screen_names_the_phone(site: Path) -> None:
    settings = load_settings(site / SETTINGS_FILE)
    make_databases(settings)
    with open_queue(settings) as queue:
        queue.put([detected(MAC, unique_id="KTM4PX")])
    words = ["phone-file", "--settings", str(settings.file), "--new", "KTM4PX", "registration"]
    assert CliRunner().invoke(commands, words).stdout == said(site, "--new", "registration")


def test_before_the_first_up_the_way_to_a_new_phones_files_is_told(site: Path) -> None:
    assert "--new shows what a new phone would get" in phone_file(site).stderr
    assert phone_file(site, "--new").stderr == ""
