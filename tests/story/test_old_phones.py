"""A phone before firmware 3.3, which learns no directory of its own: from its row to its line."""

from pathlib import Path

import requests

from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.story.site import site, tables

OLD = PhoneOnDesk("0004f2060106", "SPIP_601", "3.1.8.0070")


def test_an_old_phone_gets_its_line_once_the_superadmin_lets_it_in(tmp_path: Path) -> None:
    with (
        site(tmp_path, tables(), users={"201": "secret-of-201"}) as running,
        phone_processes(running.boot_url, [OLD]) as (phone,),
    ):
        phone.log.wait_for("registered")
        (row,) = running.wait_for_rows(1)
        assert row["Firmware"] == OLD.firmware
        running.assign(OLD.mac, {"kind": "user", "user": "201"})
        running.wait_until_served(f"{OLD.mac}-registration.cfg", 503)
        phone.log.wait_for("check-sync")
        url = running.system.console_url
        clicked = requests.post(f"{url}/phones/{OLD.mac}/let-in", headers={"Origin": url}, timeout=20)
        assert "may fetch its files for 15 minutes" in clicked.text
        phone.log.wait_for("screen", label="201")
