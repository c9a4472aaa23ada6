"""The whole story, as docs/how-it-flows.md tells it: real sockets, real processes, a real Kamailio as the PBX."""

from pathlib import Path

from autoprov_queue.entry import EntryState
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.story.site import site, tables

DESKS = (
    PhoneOnDesk("0004f2c10335", "SPIP_335", "4.0.14.1388"),
    PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614"),
    PhoneOnDesk("482567e48800", "Trio_8800", "5.4.3.2007"),
)
AUTOPROVISION_USER = "~~id~autoprovision"


def test_three_unboxed_phones_stand_under_unassigned_with_the_ids_on_their_screens(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running, phone_processes(running.boot_url, DESKS) as phones:
        on_screen = {str(phone.log.wait_for("screen").facts["label"]) for phone in phones}
        for phone in phones:
            phone.log.wait_for("registered", user=AUTOPROVISION_USER, expires=300)
        rows = running.wait_for_rows(3)
    assert {row["Unique ID"] for row in rows} == on_screen
    assert {row["Phone"] for row in rows} == {desk.mac for desk in DESKS}
    assert {(row["Model"], row["Firmware"]) for row in rows} == {
        ("Polycom SoundPoint IP 335 v4.0.X", "4.0.14.1388"),
        ("Polycom VVX 410 v5.5.2", "5.9.5.0614"),
        ("Polycom RealPresence Trio v5.4.3_RP", "5.4.3.2007"),
    }
    assert {row["IP"] for row in rows} == {"127.0.0.1"}
    assert "not known" not in {row["Last seen"] for row in rows}


def test_an_assigned_phone_comes_up_with_its_line_at_the_pbx_and_leaves_the_list(tmp_path: Path) -> None:
    with kamailio({"201": "secret-of-201"}) as pbx:
        host, port = pbx.address
        given = tables(lines={"registrar": host, "port": port})
        with (
            site(tmp_path, given, users={"201": "secret-of-201"}) as running,
            phone_processes(running.boot_url, DESKS[1:2]) as (phone,),
        ):
            label = phone.log.wait_for("screen").facts["label"]
            (row,) = running.wait_for_rows(1)
            assert running.rows("search", str(label)) == running.rows("search", "64-16-7F-5D-04-10")
            running.assign(row["Phone"], {"kind": "user", "user": "201"})
            phone.log.wait_for("check-sync")
            phone.log.wait_for("registered", user="201")
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]
            assert running.rows() == []
            assert [line["Lines"] for line in running.rows("all")] == ["201"]


def test_a_line_of_another_registrar_needs_no_user_in_the_inventory(tmp_path: Path) -> None:
    with kamailio({"7001": "secret-of-7001"}) as pbx:
        host, port = pbx.address
        with site(tmp_path, tables()) as running, phone_processes(running.boot_url, DESKS[:1]) as (phone,):
            (row,) = running.wait_for_rows(1)
            form = {"user_id": "7001", "display_name": "Front desk", "password": "secret-of-7001"}
            running.assign(row["Phone"], {"kind": "external", **form, "registrar": host, "port": str(port)})
            phone.log.wait_for("registered", user="7001", display_name="Front desk")
            assert len(pbx.contacts("7001")) == 1


def test_a_reboot_keeps_the_id_that_somebody_wrote_down_and_makes_no_second_phone(tmp_path: Path) -> None:
    with site(tmp_path, tables()) as running:
        labels: list[object] = []
        for _ in range(2):
            with phone_processes(running.boot_url, DESKS[:1]) as (phone,):
                labels.append(phone.log.wait_for("screen").facts["label"])
                phone.log.wait_for("registered", user=AUTOPROVISION_USER)
                running.wait_for_rows(1)
    assert labels[0] == labels[1]


def test_a_phone_that_nobody_knows_waits_in_the_queue_and_says_why(tmp_path: Path) -> None:
    desk = PhoneOnDesk("64167f9f4c90", "CCX_900", "9.4.1.0508")
    with site(tmp_path, tables()) as running, phone_processes(running.boot_url, [desk, DESKS[0]]) as (ccx, known):
        ccx.log.wait_for("registered", user=AUTOPROVISION_USER)
        known.log.wait_for("registered", user=AUTOPROVISION_USER)
        rows = running.wait_for_rows(1)
        entry = running.wait_for_entry(desk.mac, EntryState.REFUSED)
    assert rows[0]["Phone"] == DESKS[0].mac
    assert "CCX_900" in entry.last_answer
    assert "[models]" in entry.last_answer


def test_a_phone_that_sipxconfig_lacks_has_a_model_of_our_own_in_the_embedded_inventory(tmp_path: Path) -> None:
    desk = PhoneOnDesk("64167f9f4c90", "CCX_500", "9.4.1.0508")
    with site(tmp_path, tables()) as running, phone_processes(running.boot_url, [desk]) as _:
        (row,) = running.wait_for_rows(1)
    assert row["Phone"] == desk.mac
    assert row["Model"].endswith("CCX 500 (autoprov)")


def test_the_operators_own_map_creates_what_sipxconfig_does_not_know(tmp_path: Path) -> None:
    desk = PhoneOnDesk("64167f9f4c90", "CCX_500", "9.4.1.0508")
    given = tables(models={"CCX_500": {"model_id": "polycomVVX450", "version": "polycom5.5.2"}})
    with site(tmp_path, given) as running, phone_processes(running.boot_url, [desk]) as _:
        (row,) = running.wait_for_rows(1)
    assert (row["Phone"], row["Model"]) == (desk.mac, "Polycom VVX 450 v5.5.2")


def test_a_phone_deleted_in_the_config_system_comes_back_with_its_next_boot(tmp_path: Path) -> None:
    given = tables(worker={"snapshot_every": "1s"})
    with site(tmp_path, given) as running:
        with phone_processes(running.boot_url, DESKS[:1]):
            (row,) = running.wait_for_rows(1)
        running.delete(row["Phone"])
        running.wait_for_rows(0)
        running.wait_until_forgotten(row["Phone"])
        with phone_processes(running.boot_url, DESKS[:1]):
            (again,) = running.wait_for_rows(1)
    assert again["Unique ID"] == row["Unique ID"]
