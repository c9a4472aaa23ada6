"""The whole story where a sipXecs is the registrar of un-provisioned phones: by its plug-in, and without."""

import re
from pathlib import Path

import requests

from autoprov.demo.site import free_ports
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog
from tests.autoprov.sipxecs_directory import DOMAIN, PASSWORD, USER, write_sipxecs_files
from tests.contrib.sipxecs.built import build
from tests.peers.polycom import register
from tests.peers.reg_event_notifier import NotifiedContact, reg_event_notifier
from tests.registrar_plugin.registrations import eventually
from tests.story.site import Site, site, tables

MAC = "64167f5d0410"
SIP_USER_AGENT = "PolycomVVX-VVX_410-UA/5.9.5.0614"
HTTP_USER_AGENT = f"FileTransport {SIP_USER_AGENT} (SN:{MAC}) Type/Application"
PROXY = b"\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK-proxy\r\nVia:"


def fetched(running: Site) -> dict[str, str]:
    """The registration that the phone fetches, by parameter; its fetch is in the timeline."""
    name = f"{MAC}-registration.cfg"
    running.wait_until_served(name, 200)
    answer = requests.get(running.boot_url + name, headers={"User-Agent": HTTP_USER_AGENT}, timeout=20)
    timeline = SightingsLog(running.settings.sightings_file).timeline
    assert eventually(lambda: any("VVX_410" in seen.detail for seen in timeline(MacAddress(MAC))))
    return dict(re.findall(r'([\w.]+)="([^"]*)"', answer.text))


def test_a_registration_at_the_registrar_reaches_the_page_through_the_plug_in(tmp_path: Path) -> None:
    plugin = build(tmp_path)
    socket = tmp_path / "s"
    given = tables(
        registrar={"by": "pbx", "address": DOMAIN, "pbx_port": 0},
        resync={"by": "source"},
        plugin={"socket": str(socket)},
        sipxecs=write_sipxecs_files(tmp_path),
    )
    with site(tmp_path, given) as running:
        told = fetched(running)
        user = told["reg.1.address"]
        assert user.startswith(f"{USER}~")
        assert (told["reg.1.auth.userId"], told["reg.1.auth.password"]) == (f"{USER}/{MAC}", PASSWORD)
        message = register(
            user=user,
            display_name=told["reg.1.displayName"],
            domain=told["reg.1.server.1.address"],
            via="192.168.1.11:5060;received=203.0.113.9;rport=40123",
            contact=f"<sip:{user}@203.0.113.9:40123;x-sipX-privcontact=192.168.1.11%3A5060>",
            user_agent=SIP_USER_AGENT,
        )
        plugin.called(socket, message.replace(b"\r\nVia:", PROXY, 1))
        plugin.called(socket, register(user="200", user_agent=SIP_USER_AGENT))
        (row,) = running.wait_for_rows(1)
        assert (row["Unique ID"], row["Phone"], row["IP"]) == (told["reg.1.label"], MAC, "192.168.1.11")
        assert "VVX 410" in row["Model"]


def test_without_a_plug_in_the_row_comes_from_a_subscription_and_the_fetch(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with reg_event_notifier() as notifier:
        given = tables(
            registrar={"by": "pbx", "address": DOMAIN, "pbx_port": 0},
            resync={"by": "source"},
            sipxecs={
                **write_sipxecs_files(tmp_path),
                "address_of_record": "shared",
                "reg_event": f"127.0.0.1:{notifier.address[1]}",
                "reg_event_listen": f"127.0.0.1:{port}",
            },
        )
        with site(tmp_path, given) as running:
            told = fetched(running)
            instrument = told["reg.1.auth.userId"].rpartition("/")[2]
            notifier.register(f"sip:{USER}@{DOMAIN}", NotifiedContact(f"sip:{USER}@192.0.2.31:5060", instrument))
            notifier.register(f"sip:{USER}@{DOMAIN}", NotifiedContact(f"sip:{USER}@192.0.2.32:5060", "desk phone"))
            (row,) = running.wait_for_rows(1)
            assert (row["Unique ID"], row["Phone"], row["IP"]) == (told["reg.1.label"], MAC, "192.0.2.31")
            assert "VVX 410" in row["Model"]
