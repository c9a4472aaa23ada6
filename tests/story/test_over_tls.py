"""A phone that is told TLS: it registers, is assigned, and is told so on its connection."""

import re
import ssl
from hashlib import md5
from pathlib import Path

import requests
from lxml import etree

from autoprov.demo.site import free_ports
from tests.peers.certificates import make_certificate
from tests.peers.polycom import USER
from tests.registrar_plugin.hosts.site import StreamPhone
from tests.registrar_plugin.registrations import eventually
from tests.story.site import PATIENCE_SECONDS, Site, site, tables

MAC = "0004f2abcdef"


def told(running: Site) -> dict[str, str]:
    """The phone's registration, as its file has it."""
    answer = requests.get(f"{running.boot_url}{MAC}-registration.cfg", timeout=PATIENCE_SECONDS)
    (reg,) = etree.fromstring(answer.content).iter("reg")
    return {str(name).removeprefix("reg.1."): str(value) for name, value in reg.attrib.items()}


def test_a_phone_on_tls_is_created_assigned_and_resynced(tmp_path: Path) -> None:
    files = make_certificate(tmp_path)
    (tls_port,) = free_ports(1)
    registrar: dict[str, object] = {
        "listeners": [f"tls:127.0.0.1:{tls_port}"],
        "transport": "tls",
        "tls_certificate": files.certificate.name,
        "tls_key": files.key.name,
    }
    with site(tmp_path, tables(registrar=registrar), users={"200": "users-password"}) as running:
        assert running.wait_until_served(f"{MAC}-registration.cfg", 200)
        line = told(running)
        assert (line["server.1.transport"], line["server.1.port"]) == ("TLS", str(tls_port))
        with StreamPhone(
            (line["server.1.address"], int(line["server.1.port"])),
            tls=ssl.create_default_context(cafile=files.certificate),
            display_name=line["displayName"],
            password=line["auth.password"],
        ) as phone:
            assert phone.register().startswith(b"SIP/2.0 200 OK\r\n")
            (row,) = running.wait_for_rows(1)
            assert line["label"] in row.values()
            running.assign(MAC, {"kind": "user", "user": "200"})
            notify = phone.receive()
            assert notify.startswith(b"NOTIFY ")
            phone.answer(notify, "401 Unauthorized", 'WWW-Authenticate: Digest realm="PolycomSPIP", nonce="n"')
            notify = phone.receive()
            assert proof_in(notify) == proof_of(notify, password=line["auth.password"])
            phone.answer(notify, "200 OK")
            assert eventually(lambda: running.rows() == [])


def proof_in(notify: bytes) -> bytes:
    found = re.search(rb'\r\nAuthorization: .*response="([0-9a-f]+)"', notify)
    assert found is not None
    return found[1]


def proof_of(notify: bytes, *, password: str) -> bytes:
    uri = notify.split(b" ")[1].decode()
    ha1, ha2 = _hash(f"{USER}:PolycomSPIP:{password}"), _hash(f"NOTIFY:{uri}")
    return _hash(f"{ha1}:n:{ha2}").encode()


def _hash(text: str) -> str:
    return md5(text.encode()).hexdigest()
