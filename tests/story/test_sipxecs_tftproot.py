"""Phones boot from our Apache on a sipXecs host: its tftproot has the files of phones with a line, we have the rest."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from autoprov.compile_site import site_file
from autoprov.demo.site import free_ports
from autoprov_phones.mac import MacAddress
from autoprov_sightings.log import SightingsLog
from tests.peers.apache import Apache, VirtualHost, apache, apache_folder, share
from tests.peers.installed import installed
from tests.peers.kamailio import kamailio
from tests.peers.phones import PhoneOnDesk, phone_processes
from tests.peers.sipxecs_tftproot import SipxecsLine, write_profile
from tests.registrar_plugin.registrations import eventually
from tests.story.site import Site, site, tables

DESK = PhoneOnDesk("64167f5d0410")
AUTOPROVISION_USER = "~~id~autoprovision"
PREFIX = "/phones"
WAYS = ("cgi", "wsgi", "proxy")
LINE = SipxecsLine("201", "secret-of-201", ("127.0.0.1", 5060))


@dataclass(frozen=True)
class SipxecsHost:
    """An Apache with our files and sipXecs' tftproot; ``url`` of one of the ways in which Apache asks us.

    *backend* is the port where it expects ``autoprov up``.
    """

    server: Apache
    tftproot: Path
    site_directory: Path
    backend: int

    def url(self, way: str = "cgi") -> str:
        return f"{self.server.url(way)}{PREFIX}"


@contextmanager
def sipxecs_host() -> Generator[SipxecsHost]:
    with apache_folder() as folder:
        tftproot, directory = folder / "tftproot", folder / "site"
        for path in (tftproot, directory / "state" / "web", directory / "state" / "spool"):
            path.mkdir(parents=True)
        share(directory)
        (backend,) = free_ports(1)
        defines = {
            "AUTOPROV_PATH": f"{PREFIX}/",
            "AUTOPROV_SITE": str(directory / "state" / "web" / "site.compiled"),
            "AUTOPROV_TFTPROOT": str(tftproot),
            "AUTOPROV_BACKEND": f"127.0.0.1:{backend}",
        }
        passwords = folder / "passwords"
        write_passwords(passwords)
        defaults = {"AUTOPROV_PATH": f"{PREFIX}/", "AUTOPROV_SITE": defines["AUTOPROV_SITE"]}
        hosts = {
            "defaults": VirtualHost(("autoprov-cgi.conf", "autoprov-sipxecs.conf"), defaults),
            "afar": VirtualHost(
                ("autoprov-cgi.conf", "autoprov-sipxecs.conf"), defines | {"AUTOPROV_TFTPROOT_NETWORKS": "192.0.2.0/24"}
            ),
            "guarded": VirtualHost(
                ("autoprov-cgi.conf", "autoprov-sipxecs.conf", "autoprov-password.conf"),
                defines | {"AUTOPROV_PASSWORDS": str(passwords)},
            ),
            "guarded-afar": VirtualHost(
                ("autoprov-cgi.conf", "autoprov-sipxecs.conf", "autoprov-password.conf"),
                defines | {"AUTOPROV_PASSWORDS": str(passwords), "AUTOPROV_TFTPROOT_NETWORKS": "192.0.2.0/24"},
            ),
            **{way: VirtualHost((f"autoprov-{way}.conf", "autoprov-sipxecs.conf"), defines) for way in WAYS},
        }
        with apache(folder, hosts) as server:
            yield SipxecsHost(server, tftproot, directory, backend)


def write_passwords(file: Path) -> None:
    subprocess.run(
        [installed("htpasswd"), "-c", "-i", "-B", str(file), "phones-2026"],
        input=b"old-secret",
        check=True,
        capture_output=True,
        timeout=20,
        start_new_session=True,
    )
    file.chmod(0o644)


@pytest.fixture(scope="module")
def host() -> Generator[SipxecsHost]:
    """A host on which nothing of ours runs: what Apache serves here is sipXecs'."""
    with sipxecs_host() as host:
        write_profile(host.tftproot, DESK.mac, LINE)
        yield host


@contextmanager
def running_on(host: SipxecsHost, line: SipxecsLine) -> Generator[Site]:
    registrar, port = line.registrar
    given = tables(
        phones={"url": host.url()},
        lines={"own_files_by": "pbx", "registrar": registrar, "port": port},
        web={"listen": f"127.0.0.1:{host.backend}"},
    )
    with site(host.site_directory, given, users={line.user: line.password}) as running:
        assert str(site_file(running.settings)).startswith(str(host.site_directory))
        yield running


def test_an_assigned_phone_waits_for_sipxconfigs_files_and_comes_up_with_them() -> None:
    with kamailio({"201": "secret-of-201"}) as pbx, sipxecs_host() as host:
        line = SipxecsLine("201", "secret-of-201", pbx.address)
        with running_on(host, line) as running, phone_processes(f"{host.url()}/", [DESK]) as (phone,):
            phone.log.wait_for("registered", user=AUTOPROVISION_USER)
            (row,) = running.wait_for_rows(1)
            running.assign(row["Phone"], {"kind": "user", "user": "201"})
            phone.log.wait_for("fetch", url=f"{host.url()}/{DESK.mac}.cfg", status=503)
            assigned = len(phone.log.events)
            for name in (f"{DESK.mac}.cfg", f"{DESK.mac}-registration.cfg", f"{DESK.mac}-lines.cfg"):
                answers = [requests.get(f"{host.url(way)}/{name}", timeout=20) for way in WAYS]
                assert [answer.status_code for answer in answers] == [503, 503, 503]
                assert [answer.headers["Retry-After"] for answer in answers] == ["1", "1", "1"]
            write_profile(host.tftproot, DESK.mac, line)
            phone.log.wait_for("registered", user="201")
            assert [contact.user for contact in pbx.contacts("201")] == ["201"]
            registration = f"{host.url()}/{DESK.mac}-registration.cfg"
            assert phone.log.find("fetch", after=assigned, url=registration, status=200) == []
            assert running.rows() == []
            timeline = SightingsLog(running.settings.sightings_file).timeline
            assert eventually(
                lambda: any(seen.verdict == "file of the tftproot" for seen in timeline(MacAddress(DESK.mac)))
            )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    [
        f"{DESK.mac}.cfg",
        f"{DESK.mac.upper()}.cfg",
        f"/{DESK.mac.upper()}.CFG",
        f"{DESK.mac}-sipx-reg-advanced.cfg",
        f"{DESK.mac}-directory.xml",
        "64167f5d041%30.cfg",
    ],
)
def test_a_phones_files_come_from_the_tftproot_in_any_spelling(host: SipxecsHost, way: str, name: str) -> None:
    answer = requests.get(f"{host.url(way)}/{name}", timeout=20)
    found = name.strip("/").lower().replace("%30", "0")
    assert (answer.status_code, answer.content) == (200, (host.tftproot / found).read_bytes())
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    again = requests.get(f"{host.url(way)}/{name}", headers={"If-None-Match": answer.headers["ETag"]}, timeout=20)
    assert again.status_code == 304
    assert requests.head(f"{host.url(way)}/{name}", timeout=20).headers["ETag"] == answer.headers["ETag"]


def test_firmware_comes_from_the_tftproot(host: SipxecsHost) -> None:
    image = host.tftproot / "polycom" / "4.0.X" / "3111-44500-001.sip.ld"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"firmware")
    assert requests.get(f"{host.url()}/polycom/4.0.X/3111-44500-001.sip.ld", timeout=20).content == b"firmware"
    assert requests.get(f"{host.url()}/polycom/4.0.X/sip.ld", timeout=20).status_code in (404, 503)
    assert requests.get(f"{host.url()}/polycom/4.0.X/", timeout=20).status_code in (404, 503)


@pytest.mark.parametrize(
    "path",
    [
        "polycom/../secret",
        "polycom/%2e%2e/secret",
        "polycom/..%2fsecret",
        "polycom/4.0.X/../../../secret",
        f"{DESK.mac}-sipx-/../../secret.cfg",
        "polycom/.hidden",
        "secret",
        "000000000000.cfg",
        "000000000000-directory.xml",
        "polycom/link/secret",
        "polycom/link.ld",
        "0004f2000001.cfg",
    ],
)
def test_nothing_else_of_the_disk_is_served(host: SipxecsHost, path: str) -> None:
    outside = host.server.folder / "secret"
    for name in ("secret", "000000000000.cfg", "000000000000-directory.xml", "polycom/.hidden"):
        (host.tftproot / name).parent.mkdir(exist_ok=True)
        (host.tftproot / name).write_bytes(b"precious")
    outside.mkdir(exist_ok=True)
    (outside / "secret").write_bytes(b"precious")
    for name, target in (("polycom/link", outside), ("polycom/link.ld", outside / "secret")):
        (host.tftproot / name).unlink(missing_ok=True)
        (host.tftproot / name).symlink_to(target)
    (host.tftproot / "0004f2000001.cfg").unlink(missing_ok=True)
    (host.tftproot / "0004f2000001.cfg").symlink_to(outside / "secret")
    request = requests.Request("GET", host.url()).prepare()
    request.url = f"{host.url()}/{path}"  # as it stands: a client library would tidy it up
    with requests.Session() as session:
        answer = session.send(request, timeout=20)
    assert answer.status_code in (404, 503)
    assert b"precious" not in answer.content


def test_what_a_phone_uploads_never_reaches_the_tftproot(host: SipxecsHost) -> None:
    before = (host.tftproot / f"{DESK.mac}.cfg").read_bytes()
    requests.put(f"{host.url()}/{DESK.mac}.cfg", data=b"<APPLICATION/>", timeout=20)
    assert (host.tftproot / f"{DESK.mac}.cfg").read_bytes() == before


def test_other_networks_get_no_file_of_the_tftproot(host: SipxecsHost) -> None:
    answer = requests.get(f"{host.url('afar')}/{DESK.mac}.cfg", timeout=20)
    assert (answer.status_code, b"sipx" in answer.content) == (404, False)


def test_a_password_is_asked_for_besides_the_network_not_instead(host: SipxecsHost) -> None:
    path, right = f"{DESK.mac}.cfg", ("phones-2026", "old-secret")
    assert requests.get(f"{host.url('guarded')}/{path}", timeout=20).status_code == 401
    assert b"sipx" in requests.get(f"{host.url('guarded')}/{path}", auth=right, timeout=20).content
    for auth in (right, None):
        answer = requests.get(f"{host.url('guarded-afar')}/{path}", auth=auth, timeout=20)
        assert (answer.status_code in (401, 404), b"sipx" in answer.content) == (True, False)


def test_without_another_path_it_is_where_sipxecs_has_its_tftproot(host: SipxecsHost) -> None:
    assert requests.get(f"{host.url('defaults')}/{DESK.mac}.cfg", timeout=20).status_code == 503
