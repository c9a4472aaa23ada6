"""An assigned phone is told to fetch its files by somebody else than our registrar."""

from pathlib import Path

from autoprov.demo.site import free_ports
from tests.peers.kamailio_registrar import kamailio_registrar, mirrors_to
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.polycom import USER
from tests.story.site import site, tables

DESK = PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614")
PASSWORDS = {USER: "s3cret", "201": "secret-of-201"}
USERS = {"201": "secret-of-201"}


def test_straight_to_where_the_phone_registered_from(tmp_path: Path) -> None:
    given = tables(resync={"by": "source"})
    with site(tmp_path, given, users=USERS) as running, phone_processes(running.boot_url, [DESK]) as (phone,):
        phone.log.wait_for("registered", user=USER)
        (row,) = running.wait_for_rows(1)
        running.assign(row["Phone"], {"kind": "user", "user": "201"})
        sender = phone.log.wait_for("check-sync").facts["sender"]
    assert sender != given["registrar"]["listen"]


def test_by_kamailio_where_the_phone_registered_and_then_registers_with_its_line(tmp_path: Path) -> None:
    hep = ("127.0.0.1", free_ports(1)[0])
    with kamailio_registrar(PASSWORDS, defines=mirrors_to(hep)) as pbx:
        host, port = pbx.address
        given = tables(
            phones={"password": "shared"},
            registrar={"by": "pbx", "pbx_port": port},
            hep={"listen": f"{hep[0]}:{hep[1]}"},
            resync={"by": "kamailio", "kamailio": str(pbx.folder / "rpc")},
            lines={"registrar": host, "port": port},
        )
        with (
            site(tmp_path, given, users=USERS, sip_password="s3cret") as running,
            phone_processes(running.boot_url, [DESK]) as (phone,),
        ):
            phone.log.wait_for("registered", user=USER)
            (row,) = running.wait_for_rows(1)
            running.assign(row["Phone"], {"kind": "user", "user": "201"})
            assert phone.log.wait_for("check-sync").facts["sender"] == f"{host}:{port}"
            phone.log.wait_for("registered", user="201")
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]
