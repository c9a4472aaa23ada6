"""Datagrams as FreeSWITCH mirrors them for phones on IPv6: without addresses, anybody's 200 looks like its own."""

import socket
from pathlib import Path

from autoprov.demo.site import free_ports
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from tests.peers.polycom import PASSWORD, credentials, register
from tests.registrar_plugin.hosts.hep_senders import freeswitch
from tests.registrar_plugin.hosts.site import response_to
from tests.story.site import Site, site, tables

PHONE, PBX = ("2001:db8::31", 5060), ("2001:db8::5", 5060)
CHALLENGE = {"realm": "pbx", "nonce": "n"}


def mirrored(of: Site, mac: str, *, password: str) -> list[bytes]:
    """A REGISTER of the phone with that MAC, and a 200 to it."""
    settings = of.settings
    tag = issue_phone_tag(
        MacAddress(mac), key=settings.secrets.installation_key, length=settings.phones.unique_id_length
    )
    authorization = credentials(CHALLENGE, password=password)
    contact = f"<sip:x@[{PHONE[0]}]:{PHONE[1]}>"
    asked = register(display_name=str(tag), call_id=mac, contact=contact, authorization=authorization)
    answer = response_to(asked, "200 OK", [f"Contact: {contact};expires=300"])
    return [freeswitch(asked, source=PHONE, sent_to=PBX), freeswitch(answer, source=PBX, sent_to=PHONE)]


def test_a_row_is_made_of_a_phone_that_knows_the_password_and_of_no_other(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    given = tables(
        phones={"password": "shared"},
        registrar={"by": "pbx"},
        resync={"by": "source"},
        hep={"listen": f"127.0.0.1:{port}", "mode": "everything"},
    )
    with (
        site(tmp_path, given, sip_password=PASSWORD) as running,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as pbx,
    ):
        forged, proven = "0004f2000001", "0004f2000002"
        for datagram in (
            *mirrored(running, forged, password="guessed"),
            *mirrored(running, proven, password=PASSWORD),
        ):
            pbx.sendto(datagram, ("127.0.0.1", port))
        (row,) = running.wait_for_rows(1)
        assert (row["Phone"], row["IP"]) == (proven, PHONE[0])
