"""The CGI as a web server starts it: a process, its environment, its standard output."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

from autoprov_phones.derived_secret import derive_own_token
from autoprov_web.fetch_reader import take_all
from autoprov_web.fetch_report import FetchReport
from autoprov_web.site import SITE_FILE_NAME
from tests.autoprov_web.sites import ASSIGNED, KEY, MAC, OWN_FILES, a_site, open_access, put_entry, put_snapshot

CGI = Path(__file__).resolve().parents[2] / "cgi" / "autoprov.cgi"
PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
VVX = "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614"


@dataclass
class Served:
    status: str
    headers: Message
    body: bytes
    errors: bytes


def request(
    directory: Path, path: str, *, method: str = "GET", more: dict[str, str] | None = None, site: str | None = None
) -> Served:
    environment = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "REMOTE_ADDR": "192.168.7.31",
        "HTTP_USER_AGENT": VVX,
        "AUTOPROV_SITE": str(directory / SITE_FILE_NAME) if site is None else site,
    }
    ran = subprocess.run(
        [PYTHON, "-IS", str(CGI)],
        env=environment | (more or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=True,
    )
    head, _, body = ran.stdout.partition(b"\r\n\r\n")
    headers = BytesParser().parsebytes(head + b"\r\n\r\n")
    return Served(headers["Status"], headers, body, ran.stderr)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / SITE_FILE_NAME).write_bytes(a_site(tmp_path).to_bytes())
    put_snapshot(tmp_path, time.time())
    return tmp_path


def test_a_new_phone_boots(directory: Path) -> None:
    served = [request(directory, path) for path in (f"/{MAC}.cfg", "/000000000000.cfg", f"/{MAC}-registration.cfg")]
    assert [answer.status for answer in served] == ["404 Not Found", "200 OK", "200 OK"]
    assert b"~~id~autoprovision" in served[2].body
    assert served[2].headers["Content-Length"] == str(len(served[2].body))
    assert [answer.errors for answer in served] == [b""] * 3


def test_an_assigned_phone_gets_its_line_in_its_own_directory(directory: Path) -> None:
    put_entry(directory, ASSIGNED)
    own = f"/own/{derive_own_token(MAC, key=KEY)}/{MAC}-lines.cfg"
    assert request(directory, own).body == OWN_FILES[f"{MAC}-lines.cfg"]
    assert request(directory, f"/{MAC}-lines.cfg").status == "503 Service Unavailable"


def test_head_and_304_have_no_body(directory: Path) -> None:
    whole = request(directory, "/000000000000.cfg")
    head = request(directory, "/000000000000.cfg", method="HEAD")
    assert (head.body, head.headers["Content-Length"]) == (b"", str(len(whole.body)))
    same = request(directory, "/000000000000.cfg", more={"HTTP_IF_NONE_MATCH": whole.headers["ETag"]})
    assert (same.status, same.body, same.headers["Content-Length"]) == ("304 Not Modified", b"", None)


def test_a_path_of_any_bytes_is_answered(directory: Path) -> None:
    environment = {b"REQUEST_METHOD": b"GET", b"PATH_INFO": b"/\xff\xfe\x80.cfg", b"REMOTE_ADDR": b"192.168.7.31"}
    environment[b"AUTOPROV_SITE"] = os.fsencode(directory / SITE_FILE_NAME)
    ran = subprocess.run(
        [PYTHON, "-IS", str(CGI)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=True,
    )
    assert ran.stdout.startswith(b"Status: 404 Not Found\r\n")


@pytest.mark.parametrize("site", ["", "/nowhere/site.compiled"])
def test_without_a_site_phones_come_again_and_the_servers_log_says_why(directory: Path, site: str) -> None:
    served = request(directory, "/000000000000.cfg", site=site)
    assert (served.status, served.headers["Retry-After"]) == ("503 Service Unavailable", "60")
    assert b"autoprov compile" in served.errors


def test_a_trusted_proxy_says_who_stands_behind_it(directory: Path) -> None:
    access = open_access(directory, networks=("192.168.7.0/24",), trusted_proxies=("127.0.0.1/32",))
    (directory / SITE_FILE_NAME).write_bytes(a_site(directory, access=access).to_bytes())
    by_proxy = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.168.7.31"}
    assert request(directory, "/000000000000.cfg", more=by_proxy).status == "200 OK"
    assert request(directory, "/000000000000.cfg", more={"REMOTE_ADDR": "127.0.0.1"}).status == "404 Not Found"


def test_each_request_is_told_of(directory: Path) -> None:
    request(directory, f"/{MAC}-registration.cfg")
    report = FetchReport.from_line(take_all(directory / "fetches"))
    assert report is not None
    assert (report.mac, report.status, report.verdict) == (str(MAC), 200, "registration file")
    assert report.address == "192.168.7.31"


def test_a_phone_that_hangs_up_ends_it_quietly(directory: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    environment = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/000000000000.cfg",
        "REMOTE_ADDR": "192.168.7.31",
        "AUTOPROV_SITE": str(directory / SITE_FILE_NAME),
    }
    ran = subprocess.run(
        [PYTHON, "-IS", str(CGI)], env=environment, stdout=write_end, stderr=subprocess.PIPE, timeout=20, check=False
    )
    os.close(write_end)
    assert (ran.returncode, ran.stderr) == (0, b"")


IMPORTS = {
    "autoprov_phones": {
        "derived_secret", "mac", "phone_tag", "polycom_names", "polycom_user_agent", "record", "requested_file",
        "spool_entry", "unique_id",
    },
    "autoprov_web": {
        "access", "answer", "cgi", "client_certificate", "conditional", "discovery", "fetch_report", "issued_values",
        "networks", "pairing", "phone_request", "pilot", "rate_limit", "rate_table", "routes", "serving", "site",
        "spool_reader",
    },
}  # fmt: skip
LIBRARY = {"_operator", "_struct", "binascii", "fcntl", "hashlib", "hmac", "struct", "time", "warnings"}


def test_what_it_imports_is_short_and_known() -> None:
    """Each module is paid for at every request. What is here below must not grow without a thought."""
    program = (
        "import sys\n"
        "before = set(sys.modules) | {'os'}\n"
        "import os\n"
        "before |= set(sys.modules)\n"
        f"sys.path.insert(0, {str(CGI.parents[1])!r})\n"
        "import autoprov_web.cgi\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    ran = subprocess.run([PYTHON, "-IS", "-c", program], capture_output=True, text=True, timeout=20, check=True)
    imported = set(ran.stdout.split())
    ours = {name for name in imported if name.startswith("autoprov_")}
    assert ours == {f"{package}.{name}" for package, names in IMPORTS.items() for name in names} | set(IMPORTS)
    others = {name for name in imported - ours if not name.startswith("_")}
    assert others <= LIBRARY
    heavy = (
        "dataclasses enum typing re datetime logging json pathlib socket ipaddress collections functools lxml tomllib"
    )
    assert not imported & {*heavy.split(), "sqlalchemy", "flask", "wsgiref", "urllib", "email", "base64"}
