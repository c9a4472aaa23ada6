"""An assigned phone is told to fetch its files by somebody else than our registrar."""

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from autoprov.demo.site import free_ports
from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_registrar import kamailio_registrar, mirrors_to
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.polycom import USER
from tests.registrar_plugin.hosts.site import StreamPhone
from tests.story.site import Site, site, tables

DESK = PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614")
NEIGHBOUR = PhoneOnDesk("64167f5d0411", "VVX_410", "5.9.5.0614")
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


@contextmanager
def beside_kamailio(
    folder: Path, *, defines: Mapping[str, str], transport: str = "udp"
) -> Generator[tuple[Site, Kamailio]]:
    """An installation that lets Kamailio do the re-sync."""
    hep = ("127.0.0.1", free_ports(1)[0])
    with kamailio_registrar(PASSWORDS, defines={**mirrors_to(hep), **defines}, has_tcp=transport == "tcp") as pbx:
        host, port = pbx.address
        given = tables(
            phones={"password": "shared"},
            registrar={"by": "pbx", "pbx_port": port, "transport": transport},
            hep={"listen": f"{hep[0]}:{hep[1]}"},
            resync={"by": "kamailio", "kamailio": str(pbx.folder / "rpc")},
            lines={"registrar": host, "port": port},
        )
        with site(folder, given, users=USERS, sip_password="s3cret") as running:
            yield running, pbx


@pytest.mark.parametrize("keeps_each", [False, True], ids=["one-contact", "each-phone"])
def test_by_kamailio_where_the_phone_registered_and_then_registers_with_its_line(
    tmp_path: Path, keeps_each: bool
) -> None:
    defines = {"AUTOPROV_EACH_PHONE": ""} if keeps_each else {}
    with (
        beside_kamailio(tmp_path, defines=defines) as (running, pbx),
        phone_processes(running.boot_url, [DESK]) as (phone,),
    ):
        phone.log.wait_for("registered", user=USER)
        with phone_processes(running.boot_url, [NEIGHBOUR]) as (neighbour,):
            neighbour.log.wait_for("registered", user=USER)
            rows = running.wait_for_rows(2)
            tags = [f"{row['Unique ID']}-{row['Phone']}".lower() for row in rows]
            assert [len(pbx.contacts(user)) for user in (*tags, USER)] == ([1, 1, 0] if keeps_each else [0, 0, 1])
            running.assign(DESK.mac, {"kind": "user", "user": "201"})
            assert phone.log.wait_for("check-sync").facts["sender"] == f"127.0.0.1:{pbx.address[1]}"
            phone.log.wait_for("registered", user="201")
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]


def test_by_kamailio_on_the_connection_by_which_the_phone_registered(tmp_path: Path) -> None:
    with beside_kamailio(tmp_path, defines={}, transport="tcp") as (running, pbx):
        name = f"{DESK.mac}-registration.cfg"
        told = dict(re.findall(r'reg\.1\.([\w.]+)="([^"]*)"', running.wait_until_served(name, 200).text))
        assert told["server.1.transport"] == "TCPOnly"
        with StreamPhone(pbx.address, display_name=told["displayName"], password="s3cret") as phone:
            assert phone.register().startswith(b"SIP/2.0 200")
            running.wait_for_rows(1)
            running.assign(DESK.mac, {"kind": "user", "user": "201"})
            notify = phone.receive()
            phone.answer(notify, "200 OK")
        assert notify.startswith(f"NOTIFY sip:{USER}@{phone.source};transport=tcp SIP/2.0\r\n".encode())
