"""The operator's overlay and old firmware, as real phones' requests meet them in a running installation."""

from datetime import timedelta
from pathlib import Path

from autoprov.present import utc_now
from autoprov_phones.mac import MacAddress
from autoprov_web.pairing import pair
from simulated_phone.boot import BootServer, Configured
from simulated_phone.event_log import EventLog
from simulated_phone.file_transport import FileTransport
from simulated_phone.flash import boot_server, burn
from simulated_phone.identity import Identity, identify
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.story.site import Site, site, tables

VVX = identify(mac="64167f5d0410", model="VVX_410", firmware="5.9.5.0614")
OLD = identify(mac="0004f2c10601", model="SPIP_601", firmware="3.1.8.0070")


def write_overlay(directory: Path) -> None:
    (directory / "overlay").mkdir()
    lines = "tcpIpApp.sntp.address = ntp.example.org\ndevice.auth.localAdminPassword = s3cret\n"
    for name, text in (("site.conf", lines), ("vvx_410.conf", "up.timeout = 5\n")):
        path = directory / "overlay" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o640)


def booted(running: Site, phone: Identity, *, url: str | None = None) -> dict[str, str]:
    """The parameters that *phone* takes when it boots from *url*."""
    transport = FileTransport(phone, listen="127.0.0.1", timeout=timedelta(seconds=20))
    server = BootServer(url or running.boot_url, identity=phone, transport=transport, report=EventLog().record)
    server.update()
    outcome = server.configuration()
    assert isinstance(outcome, Configured)
    return dict(outcome.parameters)


def test_a_phone_takes_the_overlay_and_its_secrets_from_its_own_directory_alone(tmp_path: Path) -> None:
    write_overlay(tmp_path)
    with site(tmp_path, tables()) as running:
        running.wait_until_served(f"{VVX.mac}-registration.cfg", 200)
        first = booted(running, VVX)
        own = boot_server(burn({}, first), dhcp=running.boot_url)
        then = booted(running, VVX, url=own)
    assert own != running.boot_url
    assert (first["tcpIpApp.sntp.address"], first["up.timeout"]) == ("ntp.example.org", "5")
    assert "device.auth.localAdminPassword" not in first
    assert then["device.auth.localAdminPassword"] == "s3cret"
    assert then["reg.1.label"] == first["reg.1.label"]
    assert boot_server(burn({}, then), dhcp=running.boot_url) == own


def test_an_old_phone_reads_its_own_form_and_the_overlay_in_it(tmp_path: Path) -> None:
    write_overlay(tmp_path)
    with site(tmp_path, tables()) as running:
        running.wait_until_served(f"{OLD.mac}-registration.cfg", 200)
        parameters = booted(running, OLD)
    assert parameters["reg.1.server.1.transport"] == "UDPonly"
    assert parameters["reg.6.address"] == ""
    assert parameters["tcpIpApp.sntp.address"] == "ntp.example.org"
    assert "device.prov.serverName" not in parameters


def test_an_assigned_old_phone_waits_until_it_is_let_in_and_comes_up_with_its_line(tmp_path: Path) -> None:
    desk = PhoneOnDesk(OLD.mac, OLD.model, OLD.firmware)
    with kamailio({"201": "secret-of-201"}) as pbx:
        host, port = pbx.address
        with (
            site(tmp_path, tables(lines={"registrar": host, "port": port}), users={"201": "secret-of-201"}) as running,
            phone_processes(running.boot_url, [desk]) as (phone,),
        ):
            (row,) = running.wait_for_rows(1)
            running.assign(row["Phone"], {"kind": "user", "user": "201"})
            waiting = phone.log.wait_for("fetch", status=503, url=f"{running.boot_url}{OLD.mac}.cfg")
            assert not phone.log.find("registered", user="201")
            web = str(running.settings.web_directory)
            pair(web, MacAddress(OLD.mac), until=utc_now().timestamp() + 600)
            phone.log.wait_for("registered", user="201", after=phone.log.events.index(waiting))
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]


def test_old_phones_stand_under_unassigned_beside_new_ones(tmp_path: Path) -> None:
    desks = [
        PhoneOnDesk(OLD.mac, OLD.model, OLD.firmware),
        PhoneOnDesk("0004f2c10335", "SPIP_335", "3.2.7.0198"),  # not upgraded: its firmware decides, not its model
        PhoneOnDesk(VVX.mac, VVX.model, VVX.firmware),
    ]
    with site(tmp_path, tables()) as running, phone_processes(running.boot_url, desks) as phones:
        on_screen = {str(phone.log.wait_for("screen").facts["label"]) for phone in phones}
        rows = running.wait_for_rows(3)
    assert {row["Unique ID"] for row in rows} == on_screen
    assert {row["Firmware"] for row in rows} == {desk.firmware for desk in desks}
