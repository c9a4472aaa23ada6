"""The whole story where the site's own Kamailio is the registrar of un-provisioned phones."""

from pathlib import Path

from autoprov.demo.site import free_ports
from tests.peers.kamailio_registrar import kamailio_registrar, mirrors_to
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.story.site import site, tables

USER, PASSWORD = "~~id~autoprovision", "of-all-phones"
DESK = PhoneOnDesk("64167f5d0410", "VVX_410", "5.9.5.0614")


def test_a_phone_registers_at_kamailio_its_row_appears_and_it_comes_up_with_its_line(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    mirror = ("127.0.0.1", port)
    with kamailio_registrar({USER: PASSWORD, "201": "secret-of-201"}, defines=mirrors_to(mirror)) as pbx:
        host, pbx_port = pbx.address
        given = tables(
            phones={"password": "shared"},
            registrar={"by": "pbx", "address": host, "pbx_port": pbx_port},
            hep={"listen": f"{mirror[0]}:{mirror[1]}"},
            resync={"by": "source"},
            lines={"registrar": host, "port": pbx_port},
        )
        with (
            site(tmp_path, given, sip_password=PASSWORD, users={"201": "secret-of-201"}) as running,
            phone_processes(running.boot_url, [DESK]) as (phone,),
        ):
            label = phone.log.wait_for("screen").facts["label"]
            phone.log.wait_for("registered", user=USER)
            (row,) = running.wait_for_rows(1)
            assert (row["Unique ID"], row["Phone"], row["IP"]) == (label, DESK.mac, host)
            assert len(pbx.contacts(USER)) == 1
            running.assign(row["Phone"], {"kind": "user", "user": "201"})
            phone.log.wait_for("check-sync")
            phone.log.wait_for("registered", user="201")
            assert running.rows() == []
