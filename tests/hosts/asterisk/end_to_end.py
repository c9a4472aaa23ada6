"""A real Asterisk with our snippets, SIPp's phones and simulated ones, up to the row in the inventory and back.

``make test-asterisk`` runs it; it is no part of the suite, which has no Asterisk.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from autoprov.checks.finding import Level
from autoprov.checks.host import check_host
from autoprov.checks.host_settings import HOSTS
from autoprov.lists.pbx_user import PbxUser
from autoprov.lists.user_import import carry_out, plan
from autoprov.openings import open_inventory, open_queue
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_queue.order import OrderKind
from tests.peers.asterisk import Asterisk, asterisk
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.polycom import USER
from tests.peers.sipp import register_phones
from tests.peers.sipp_call import call
from tests.story.site import Site, site, tables

DESK = PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614")


@contextmanager
def beside(pbx: Asterisk, directory: Path, *, users: Mapping[str, str] | None = None) -> Generator[Site]:
    """An installation whose phones register at this Asterisk."""
    host, port = pbx.address
    given = tables(
        phones={"password": "shared"},
        registrar={"by": "pbx", "pbx_port": port},
        hep={"listen": f"127.0.0.1:{pbx.hep_port}", "mode": "everything"},
        resync={"by": "asterisk", "asterisk": f"127.0.0.1:{pbx.manager_port}"},
        lines={"registrar": host, "port": port},
    )
    with site(directory, given, users=users, sip_password="s3cret", asterisk_password="m4nager") as running:
        yield running


def tag(number: int, of: Site) -> str:
    """The tag of this installation's *number*-th phone."""
    key = of.settings.secrets.installation_key
    return str(issue_phone_tag(MacAddress(f"0004f2{number:06x}"), key=key, length=6))


def test_phones_that_asterisk_accepted_stand_under_unassigned(tmp_path: Path) -> None:
    with asterisk() as pbx, beside(pbx, tmp_path) as running:
        phones = {tag(number, running): "s3cret" for number in range(1, 21)}
        assert register_phones(phones, registrar=pbx.address, user=USER, folder=tmp_path) == ""
        rows = running.wait_for_rows(20)
    assert {f"{row['Unique ID']}-{row['Phone']}" for row in rows} == set(phones)
    assert {row["IP"] for row in rows} == {"127.0.0.1"}
    assert {row["Firmware"] for row in rows} == {"5.9.5.0614"}


def test_a_phone_that_asterisk_refuses_makes_no_row(tmp_path: Path) -> None:
    with asterisk() as pbx, beside(pbx, tmp_path) as running:
        refused = register_phones({tag(1, running): "wrong"}, registrar=pbx.address, user=USER, folder=tmp_path)
        assert "401 Unauthorized" in refused
        assert register_phones({tag(2, running): "s3cret"}, registrar=pbx.address, user=USER, folder=tmp_path) == ""
        (row,) = running.wait_for_rows(1)
        assert f"{row['Unique ID']}-{row['Phone']}" == tag(2, running)


def test_an_assigned_phone_is_told_by_asterisk_and_comes_up_with_its_line(tmp_path: Path) -> None:
    with (
        asterisk(lines={"200": "pw-200"}) as pbx,
        beside(pbx, tmp_path, users={"200": "pw-200"}) as running,
        phone_processes(running.boot_url, [DESK]) as (phone,),
    ):
        phone.log.wait_for("registered", user=USER)
        (row,) = running.wait_for_rows(1)
        running.assign(row["Phone"], {"kind": "user", "user": "200"})
        phone.log.wait_for("check-sync")
        phone.log.wait_for("registered", user="200")
        assert "200/sip:200@127.0.0.1" in pbx.say("pjsip show contacts")
        assert running.rows() == []


def test_a_password_that_was_changed_in_the_pbx_and_imported_reaches_the_phone_by_itself(tmp_path: Path) -> None:
    with (
        asterisk(lines={"200": "pw-200"}) as pbx,
        beside(pbx, tmp_path, users={"200": "pw-200"}) as running,
        phone_processes(running.boot_url, [DESK]) as (phone,),
    ):
        phone.log.wait_for("registered", user=USER)
        (row,) = running.wait_for_rows(1)
        running.assign(row["Phone"], {"kind": "user", "user": "200"})
        phone.log.wait_for("registered", user="200")
        pbx.change_lines({"200": "changed"})
        seen = len(phone.log.events)
        with open_inventory(running.settings) as inventory, open_queue(running.settings) as queue:
            (planned,) = plan([PbxUser(2, "200", "User 200", "changed")], inventory)
            carry_out(planned, inventory, order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac))
        assert planned.phones == (MacAddress(DESK.mac),)
        phone.log.wait_for("check-sync", after=seen)
        phone.log.wait_for("registered", after=seen, user="200")


@pytest.mark.parametrize(("is_let", "status"), [(False, 404), (True, 200)])
def test_a_phone_without_a_line_calls_nobody_unless_asterisk_lets_it(is_let: bool, status: int, tmp_path: Path) -> None:
    with asterisk() as pbx:
        if is_let:
            pbx.let_call("112")
        assert call("112", pbx=pbx.address, password="s3cret", expected=status, folder=tmp_path) == ""


def wrong(running: Site) -> str:
    """What ``autoprov check --host asterisk`` finds wrong."""
    found = [each for each in check_host(running.settings, HOSTS["asterisk"]) if each.level is Level.WRONG]
    return "\n".join(f"{each.what} | {each.mend}" for each in found)


def test_check_finds_an_asterisk_with_our_snippets_right(tmp_path: Path) -> None:
    with asterisk() as pbx, beside(pbx, tmp_path) as running:
        assert wrong(running) == ""


@pytest.mark.parametrize(
    ("file", "ours", "theirs", "said"),
    [
        ("pjsip_autoprov.conf", "s3cret", "another", "secrets/sip-password"),
        ("pjsip_autoprov.conf", "max_contacts = 1 ", "max_contacts = 0 ", "max_contacts of the aor is 0"),
        ("hep.conf", "enabled = yes", "enabled = no", "res_hep_pjsip"),
        ("manager_autoprov.conf", "m4nager", "another", "Authentication failed"),
        ("manager_autoprov.conf", "write = system", "write = call", "may not send PJSIPNotify"),
    ],
)
def test_check_finds_what_is_usually_wrong(file: str, ours: str, theirs: str, said: str, tmp_path: Path) -> None:
    with asterisk(mistake=(file, ours, theirs)) as pbx, beside(pbx, tmp_path) as running:
        assert said in wrong(running)
