"""Phones that boot from a TFTP or FTP server of the site, into whose root we wrote one file."""

from pathlib import Path

from autoprov.boot_root.boot_root import plan_write, remove_root, write_root
from autoprov.boot_root.records import RootRecord
from autoprov.compile_site import compile_site
from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from tests.peers.boot_daemons import ftp_read, ftp_server, served_directory, tftp_server
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.story.site import site, tables

DESK = PhoneOnDesk("64167f5d0410")
AUTOPROVISION_USER = "~~id~autoprovision"


def write_into(root: Path, settings: Settings) -> RootRecord:
    """As ``autoprov bootstrap write``."""
    wanted = compile_site(settings, now=utc_now()).documents["bootstrap"]
    return write_root(plan_write(root, wanted, record=None), now=utc_now())


def test_a_phone_of_a_tftp_server_stands_under_unassigned_and_comes_up_with_its_line(tmp_path: Path) -> None:
    with kamailio({"201": "secret-of-201"}) as pbx, served_directory() as root, tftp_server(root) as url:
        host, port = pbx.address
        given = tables(lines={"registrar": host, "port": port})
        with site(tmp_path, given, users={"201": "secret-of-201"}) as running:
            write_into(root, running.settings)
            with phone_processes(url, [DESK]) as (phone,):
                phone.log.wait_for("registered", user=AUTOPROVISION_USER)
                (row,) = running.wait_for_rows(1)
                running.assign(row["Phone"], {"kind": "user", "user": "201"})
                phone.log.wait_for("registered", user="201")
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]


def test_a_phone_that_is_in_service_notices_neither_our_file_nor_its_removal(tmp_path: Path) -> None:
    with kamailio({"7001": "secret-of-7001"}) as pbx, served_directory() as root, tftp_server(root) as url:
        host, port = pbx.address
        (root / f"{DESK.mac}.cfg").write_text('<APPLICATION CONFIG_FILES="7001.cfg"/>')
        line = 'reg.1.address="7001" reg.1.auth.userId="7001" reg.1.auth.password="secret-of-7001" reg.1.label="7001"'
        server = f'reg.1.server.1.address="{host}" reg.1.server.1.port="{port}" reg.1.server.1.transport="UDPOnly"'
        (root / "7001.cfg").write_text(f"<polycomConfig><reg {line} {server}/></polycomConfig>")
        with site(tmp_path, tables()) as running:
            record = write_into(root, running.settings)
            with phone_processes(url, [DESK]) as (phone,):
                phone.log.wait_for("registered", user="7001")
            remove_root(root, record, force=False)
            with phone_processes(url, [DESK]) as (phone,):
                phone.log.wait_for("registered", user="7001")
            assert running.rows("all") == []


def test_an_ftp_server_that_serves_only_what_everybody_may_read_serves_our_file(tmp_path: Path) -> None:
    with served_directory() as root, ftp_server(root) as address, site(tmp_path, tables()) as running:
        write_into(root, running.settings)
        assert ftp_read(address, "000000000000.cfg") == (root / "000000000000.cfg").read_bytes()
