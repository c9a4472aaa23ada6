"""Files of sipXecs' tftproot, which Apache serves by itself, are told of as those that we serve."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_web.access import OUTSIDE
from tests.apache.edges import PREFIX, VVX, Edges, talk
from tests.apache.fetches import lines_told, reports_of, wait_for_reports
from tests.peers.apache import Apache
from tests.peers.installed import installed
from tests.peers.sipxecs_tftproot import SipxecsLine, write_profile

LINE = SipxecsLine("201", "secret-of-201", ("127.0.0.1", 5060))
HOSTS = ["cgi-sipxecs", "wsgi-sipxecs", "proxy-sipxecs"]
FORMAT = re.compile(rb"\d+\.\d{3}(\t[ -~]*){8}\n")


@pytest.fixture(scope="module")
def hosts(server: Apache) -> Edges:
    return Edges({host: server.url(host) for host in (*HOSTS, "afar")})


def a_phone(server: Apache, number: int) -> MacAddress:
    """A phone whose files sipXconfig has written."""
    mac = MacAddress(f"64167f04{number:04x}")
    write_profile(server.folder / "tftproot", str(mac), LINE)
    return mac


@pytest.mark.parametrize("host", HOSTS)
def test_each_file_is_a_sighting(server: Apache, hosts: Edges, host: str) -> None:
    mac, begun = a_phone(server, HOSTS.index(host)), time.time()
    etag = hosts.ask(host, f"{PREFIX}/{mac}.cfg", source="127.0.0.3").header("etag") or ""
    wait_for_reports(server.folder / "sipxecs", mac)
    hosts.ask(host, f"{PREFIX}/{str(mac).upper()}.CFG", headers={"If-None-Match": etag})
    wait_for_reports(server.folder / "sipxecs", mac, 2)
    hosts.ask(host, f"{PREFIX}/{mac}-sipx-site.cfg?x=1", method="HEAD", headers={"User-Agent": ""})
    told = wait_for_reports(server.folder / "sipxecs", mac, 3)
    assert [(report.name, report.status, report.user_agent) for report in told] == [
        (f"{mac}.cfg", 200, VVX),
        (f"{mac}.cfg", 304, VVX),
        (f"{mac}-sipx-site.cfg", 200, ""),
    ]
    assert {report.verdict for report in told} == {"file of the tftproot"}
    assert [report.address for report in told] == ["127.0.0.3", "127.0.0.1", "127.0.0.1"]
    assert all(begun - 1 <= report.at <= time.time() for report in told)


def test_firmware_is_told_of_by_its_name(server: Apache, hosts: Edges) -> None:
    image = server.folder / "tftproot" / "polycom" / "4.0.X" / "3111-44500-001.sip.ld"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"firmware")
    assert hosts.ask("cgi-sipxecs", f"{PREFIX}/polycom/4.0.X/{image.name}").status == 200
    wait_for_reports(server.folder / "sipxecs", served_again(server, hosts, 0x10))
    assert any(f"\t{image.name}\t200\t".encode() in line for line in lines_told(server.folder / "sipxecs"))


def served_again(server: Apache, hosts: Edges, number: int) -> MacAddress:
    """A phone that came after all others: what Apache wrote before has been told when this one is."""
    mac = a_phone(server, number)
    hosts.ask("cgi-sipxecs", f"{PREFIX}/{mac}.cfg")
    return mac


def test_who_asks_from_outside_is_told_of_as_by_ourselves(server: Apache, hosts: Edges) -> None:
    mac = a_phone(server, 0x20)
    assert hosts.ask("afar", f"{PREFIX}/{mac}.cfg").status == 404
    (report,) = wait_for_reports(server.folder / "sipxecs", mac)
    assert (report.status, report.verdict) == (404, OUTSIDE)


def test_what_we_serve_ourselves_is_told_of_once(server: Apache, hosts: Edges) -> None:
    mac, before = MacAddress("64167f040030"), len(lines_told(server.folder / "sipxecs"))
    hosts.ask("wsgi-sipxecs", f"{PREFIX}/{mac}-registration.cfg")
    hosts.ask("wsgi-sipxecs", f"{PREFIX}/{mac}.cfg", method="PUT", body=b"x")
    wait_for_reports(server.folder / "sipxecs", served_again(server, hosts, 0x31))
    names = {report.name for report in wait_for_reports(server.folder / "sipxecs", mac, 2)}
    assert names == {f"{mac}-registration.cfg", f"{mac}.cfg"}
    assert len(lines_told(server.folder / "sipxecs")) == before + 3


def test_a_file_behind_a_password_is_told_of_once_it_is_given(server: Apache) -> None:
    mac = a_phone(server, 0x38)
    subprocess.run(
        [installed("htpasswd"), "-c", "-i", "-B", str(server.folder / "sipxecs.passwords"), "phones"],
        input=b"secret",
        check=True,
        capture_output=True,
        timeout=20,
    )
    (server.folder / "sipxecs.passwords").chmod(0o644)
    guarded = Edges({"guarded": server.url("guarded")})
    assert guarded.ask("guarded", f"{PREFIX}/{mac}.cfg").status == 401
    right = {"Authorization": "Basic cGhvbmVzOnNlY3JldA=="}  # phones:secret
    assert guarded.ask("guarded", f"{PREFIX}/{mac}.cfg", headers=right).status == 200
    (report,) = wait_for_reports(server.folder / "sipxecs", mac)
    assert report.status == 200


USER_AGENTS = {
    "tabs": b"a\t0004f2abcdef\tx.cfg\t200\tv\t\t\t",
    "a folded line": b"a\r\n\t1\t2\t3\t4\t5\t6\t7\t8",
    "escapes": b'\\n\\t"\\x0a" %{User-Agent}i $(id) \\',
    "bytes of no text": bytes(range(0x80, 0x100)),
    "as much as Apache takes": b"\t" * 8_000,
}


@pytest.mark.parametrize("user_agent", USER_AGENTS.values(), ids=USER_AGENTS.keys())
def test_whatever_a_phone_says_to_be_is_one_whole_line(server: Apache, user_agent: bytes) -> None:
    mac = a_phone(server, 0x40 + list(USER_AGENTS.values()).index(user_agent))
    asked = f"GET {PREFIX}/{mac}.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUser-Agent: ".encode()
    talk(server.url("cgi-sipxecs"), asked + b"Phone " + user_agent + b"\r\n\r\n")
    (report,) = wait_for_reports(server.folder / "sipxecs", mac)
    assert report.name == f"{mac}.cfg"
    assert report.user_agent.startswith("Phone")
    assert all(FORMAT.fullmatch(line) for line in lines_told(server.folder / "sipxecs"))


def test_what_breaks_the_connection_is_no_line_of_its_own(server: Apache, hosts: Edges) -> None:
    mac = a_phone(server, 0x50)
    for said in (b"a\nb", b"a\rb", b"a\0b", b"a\x1b[2Jb"):
        talk(
            server.url("cgi-sipxecs"), f"GET {PREFIX}/{mac}.cfg HTTP/1.0\r\nUser-Agent: ".encode() + said + b"\r\n\r\n"
        )
    wait_for_reports(server.folder / "sipxecs", served_again(server, hosts, 0x51))
    assert all(FORMAT.fullmatch(line) for line in lines_told(server.folder / "sipxecs"))


def processes_of(server: Apache) -> list[Path]:
    """Those of our programs that Apache's parent runs and that tell of these files."""
    children = Path(f"/proc/{server.process_id}/task/{server.process_id}/children").read_text().split()
    found = [Path("/proc") / child for child in children]
    return [process for process in found if b"tftproot_fetches.py" in (process / "cmdline").read_bytes()]


def test_nothing_of_it_runs_as_root(server: Apache, hosts: Edges) -> None:
    wait_for_reports(server.folder / "sipxecs", served_again(server, hosts, 0x60))
    processes = processes_of(server)  # "guarded" has one, too
    assert len(processes) == len(hosts.urls) + 1
    for process in processes:
        status = (process / "status").read_text()
        (ids,) = re.findall(r"^Uid:\t(.*)$", status, re.MULTILINE)
        (groups,) = re.findall(r"^Gid:\t(.*)$", status, re.MULTILINE)
        assert "0" not in (*ids.split("\t"), *groups.split("\t"))


def test_a_damaged_line_costs_no_other(server: Apache) -> None:
    good = "1772366400.123\t192.0.2.7\t200\t64167F040080.cfg\tPolycom\n"
    bad = ["\n", "\t" * 4 + "\n", good.replace("200", "OK"), good.replace("\tPolycom", ""), good[:40] + "\n", "\xff\0"]
    program = server.folder / "code" / "apache" / "tftproot_fetches.py"
    subprocess.run(
        ["/usr/bin/python3", "-IB", str(program), str(server.folder / "sipxecs" / "site.compiled"), "www-data"],
        input="".join(good + line for line in ["", *bad]).encode("latin-1"),
        check=True,
        timeout=20,
    )
    told = wait_for_reports(server.folder / "sipxecs", MacAddress("64167f040080"), len(bad) + 1)
    assert {(report.at, report.address) for report in told} == {(1_772_366_400.123, "192.0.2.7")}


def test_a_link_in_the_reports_place_leads_nowhere(server: Apache, hosts: Edges) -> None:
    directory = server.folder / "sipxecs"
    other = server.folder / "precious"
    other.write_bytes(b"")
    other.chmod(0o666)
    (directory / "fetches").rename(directory / "fetches-before")
    (directory / "fetches").symlink_to(other)
    mac = served_again(server, hosts, 0x70)
    hosts.ask("wsgi-sipxecs", f"{PREFIX}/{mac}.cfg")
    (directory / "fetches").unlink()
    last = served_again(server, hosts, 0x71)
    wait_for_reports(directory, last)
    assert other.read_bytes() == b""
    assert (directory / "fetches").stat().st_mode & 0o777 == 0o660
    assert reports_of(directory, last)[0].status == 200
