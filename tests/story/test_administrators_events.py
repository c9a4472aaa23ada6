"""What an administrator does, at the shell and on the config system's own pages, and what the phones then do."""

import json
from pathlib import Path

from click.testing import CliRunner

from autoprov.cli import commands
from autoprov.settings.secret_files import write_secrets
from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import EntryState
from sipxconfig_client.values import UserLine
from sipxconfig_server.era import Era
from tests.peers.config_system import ADMIN, config_system
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.sipxecs_tftproot import SipxecsLine, write_profile
from tests.story.site import Site, Tables, site, tables

VVX = PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614")
SOUNDPOINT = PhoneOnDesk("0004f2c10335", "SPIP_335", "4.0.14.1388")
AUTOPROVISION_USER = "~~id~autoprovision"
USERS = {"201": "secret-of-201"}


def at_the_shell(running: Site, given: Tables, *words: str) -> str:
    """A command of an installation whose settings file says what *running* was told."""
    settings = running.settings
    text = "".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in given.items()
    )
    settings.file.write_text(text, encoding="utf-8")
    write_secrets(settings.file.parent / "secrets", settings.secrets)
    result = CliRunner().invoke(commands, [words[0], "--settings", str(settings.file), *words[1:]])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_phone_assigned_at_the_shell_by_its_id_comes_up_with_its_line(tmp_path: Path) -> None:
    with kamailio(USERS) as pbx:
        given = tables(lines={"registrar": pbx.address[0], "port": pbx.address[1]})
        with site(tmp_path, given, users=USERS) as running, phone_processes(running.boot_url, [VVX]) as (phone,):
            running.wait_for_rows(1)
            at_the_shell(running, given, "assign", str(phone.log.wait_for("screen").facts["label"]), "201")
            phone.log.wait_for("registered", user="201")
            told = at_the_shell(running, given, "timeline", VVX.mac)
    assert all(words in told for words in ("registration file", "registered", "created", "followed", "resync"))


def test_an_assignment_on_the_config_systems_own_pages_is_noticed_long_before_the_next_snapshot(tmp_path: Path) -> None:
    with kamailio(USERS) as pbx:
        given = tables(
            lines={"registrar": pbx.address[0], "port": pbx.address[1]},
            worker={"looks_per_minute": 600, "snapshot_every": "1h"},
            web={"snapshot_max_age": "3h"},
        )
        with site(tmp_path, given, users=USERS) as running, phone_processes(running.boot_url, [VVX]) as (phone,):
            running.wait_for_rows(1)
            found = running.client.phone(MacAddress(VVX.mac))
            assert found is not None
            running.client.add_line(found.id, UserLine("201"))
            phone.log.wait_for("check-sync")
            phone.log.wait_for("registered", user="201")


def test_a_phone_of_another_model_takes_the_place_of_the_one_on_the_desk(tmp_path: Path) -> None:
    with kamailio(USERS) as pbx:
        given = tables(lines={"registrar": pbx.address[0], "port": pbx.address[1]})
        with site(tmp_path, given, users=USERS) as running:
            with phone_processes(running.boot_url, [VVX]) as (old,):
                running.wait_for_rows(1)
                at_the_shell(running, given, "assign", VVX.mac, "201")
                old.log.wait_for("registered", user="201")
            with phone_processes(running.boot_url, [SOUNDPOINT]) as (new,):  # the old one lies in the bin
                running.wait_for_rows(1)
                at_the_shell(running, given, "replace", VVX.mac, str(new.log.wait_for("screen").facts["label"]))
                new.log.wait_for("registered", user="201")
                assert [row["Phone"] for row in running.wait_for_rows(1)] == [VVX.mac]
                running.wait_until_served(f"{VVX.mac}-registration.cfg", 200)  # it may be used elsewhere


def test_an_old_sipxecs_lets_new_phones_in_where_its_tftproot_vouches_for_the_others(tmp_path: Path) -> None:
    tftproot = tmp_path / "tftproot"
    tftproot.mkdir()
    line = SipxecsLine("201", "secret-of-201", ("127.0.0.1", 5060))
    write_profile(tftproot, SOUNDPOINT.mac, line)
    with config_system(tmp_path, era=Era.B) as there:
        given = tables(
            config_system={"kind": "sipxconfig", "url": there.base_url, "user_name": ADMIN.user_name},
            known_phones={"tftproot": str(tftproot)},
            worker={"snapshot_every": "1s"},
            lines={"own_files_by": "pbx"},
        )
        with (
            site(tmp_path, given, config_password=ADMIN.password) as running,
            phone_processes(running.boot_url, [VVX]) as (phone,),
        ):
            phone.log.wait_for("registered", user=AUTOPROVISION_USER)
            running.wait_for_entry(VVX.mac, EntryState.CREATED)
            (row,) = running.rows()
            assert (row["Phone"], row["Lines"], row["State"]) == (VVX.mac, "not known", "sent")
            assert [each.record.serial_number for each in there.inventory.phones()] == [VVX.mac]
            running.wait_until_served(f"{SOUNDPOINT.mac}-registration.cfg", 503)
            write_profile(tftproot, VVX.mac, line)  # the superadmin assigned it, and sipXecs wrote its files
            phone.log.wait_for("check-sync")
            running.wait_until_served(f"{VVX.mac}-registration.cfg", 503)
