"""A working phone is never hijacked (docs/how-it-flows.md), whatever fails around it."""

from pathlib import Path

import requests

from autoprov.present import utc_now
from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import Registration, line_file
from autoprov_phones.polycom_master import bootstrap_file
from autoprov_phones.polycom_names import master_file_name
from autoprov_web.pairing import pair
from sipxconfig_client.values import Created, ExternalLine, NewPhone
from tests.peers.boot_server import Fails, boot_server
from tests.peers.config_system import ADMIN, config_system
from tests.peers.kamailio import Kamailio, kamailio
from tests.peers.phones import PhoneOnDesk, phone, phone_processes
from tests.story.site import Site, site, tables

DESK = PhoneOnDesk("0004f2abcdef")
MAC = MacAddress(DESK.mac)
AUTOPROVISION_USER = "~~id~autoprovision"
PASSWORD = "secret-of-201"


def give_a_line(running: Site, pbx: Kamailio) -> None:
    """The phone is in the config system, with a user's line, long before this story begins."""
    created = running.client.create(NewPhone(MAC, "polycomVVX410", "polycom5.5.2", "Ada's phone"))
    assert isinstance(created, Created)
    host, port = pbx.address
    running.client.add_line(created.phone_id, ExternalLine("201", "Ada", PASSWORD, host, port))


def own_files(pbx: Kamailio, boot_url: str) -> dict[str, str]:
    """What the PBX keeps for this phone in its own boot server."""
    host, port = pbx.address
    line = Registration("201", "201", PASSWORD, "Ada", "Ada", host, port)
    return {
        f"/{master_file_name(MAC)}": bootstrap_file(config_files=[f"{boot_url}ada.cfg"]).decode(),
        "/ada.cfg": line_file([line]).decode(),
    }


def test_an_assigned_phone_whose_own_file_fails_keeps_out_of_the_autoprovision_registration(tmp_path: Path) -> None:
    """The PBX's boot server has the phone's file and our bootstrap file; the first fails, as servers do."""
    with kamailio({"201": PASSWORD}) as pbx, boot_server({}) as root:
        with site(tmp_path, tables(lines={"own_files_by": "pbx"})) as running:
            give_a_line(running, pbx)
        with site(tmp_path, tables(lines={"own_files_by": "pbx"})) as running:  # its first snapshot knows the phone
            root.files.update(own_files(pbx, root.url))
            root.files["/000000000000.cfg"] = requests.get(f"{running.boot_url}000000000000.cfg", timeout=10).text
            running.wait_until_served(f"{MAC}-registration.cfg", 503)
            root.faults[f"/{master_file_name(MAC)}"] = Fails(500)
            with phone(root.url, DESK) as (_, log):
                log.wait_for("fetch", url=f"{running.boot_url}{MAC}-registration.cfg", status=503)
                log.wait_for("retry", what="boot")
                del root.faults[f"/{master_file_name(MAC)}"]
                log.wait_for("registered", user="201")
                assert log.find("registered", user=AUTOPROVISION_USER) == []
                assert log.find("register", user=AUTOPROVISION_USER) == []
            assert running.rows() == []


def test_where_we_have_the_phones_own_files_it_gets_its_line_in_spite_of_the_fault(tmp_path: Path) -> None:
    with kamailio({"201": PASSWORD}) as pbx, boot_server({}) as root:
        with site(tmp_path, tables()) as running:
            give_a_line(running, pbx)
        with site(tmp_path, tables()) as running:
            root.files["/000000000000.cfg"] = requests.get(f"{running.boot_url}000000000000.cfg", timeout=10).text
            root.faults[f"/{master_file_name(MAC)}"] = Fails(503)
            with phone(root.url, DESK) as (_, log):
                log.wait_for("fetch", url=f"{running.boot_url}{MAC}-registration.cfg", status=503)
                # It comes by its MAC alone, which proves nothing; an administrator lets it in.
                pair(str(running.settings.web_directory), MAC, until=utc_now().timestamp() + 600)
                log.wait_for("fetch", url=f"{running.boot_url}{MAC}-registration.cfg", status=200)
                log.wait_for("registered", user="201")
                assert log.find("register", user=AUTOPROVISION_USER) == []


def test_while_the_config_system_was_never_reached_a_phone_gets_503_with_retry_after(tmp_path: Path) -> None:
    given = tables(config_system={"kind": "sipxconfig", "url": "http://127.0.0.1:9/sipxconfig"})
    with site(tmp_path, given) as running, phone_processes(running.boot_url, [DESK]) as (process,):
        process.log.wait_for("fetch", url=f"{running.boot_url}{MAC}-registration.cfg", status=503)
        answer = requests.get(f"{running.boot_url}{MAC}-registration.cfg", timeout=10)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "1"
        assert AUTOPROVISION_USER not in answer.text
        process.log.wait_for("retry", what="boot")
        assert process.log.find("registered") == []


def test_when_the_config_system_is_back_the_waiting_phone_provisions_itself(tmp_path: Path) -> None:
    with config_system(tmp_path) as there:
        url, port = there.base_url, int(there.url.rpartition(":")[2])
    given = tables(config_system={"kind": "sipxconfig", "url": url, "user_name": ADMIN.user_name, "timeout": "2s"})
    with (
        site(tmp_path, given, config_password=ADMIN.password) as running,
        phone_processes(running.boot_url, [DESK]) as (process,),
    ):
        process.log.wait_for("fetch", url=f"{running.boot_url}{MAC}-registration.cfg", status=503)
        with config_system(tmp_path, port=port):
            process.log.wait_for("registered", user=AUTOPROVISION_USER)
            (row,) = running.wait_for_rows(1)
            assert row["Phone"] == DESK.mac
