import logging
import os
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

import pytest

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.spool_entry import SpoolEntry
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_web.fetch_log import FetchLog
from autoprov_web.fetch_report import FetchReport
from autoprov_web.site import SITE_FILE_NAME, Site
from autoprov_web.wsgi import create_wsgi_app
from tests.autoprov_web import sites
from tests.autoprov_web.sites import ASSIGNED, KEY, MAC, OWN_FILES, a_site, open_access
from tests.peers.serving import serving
from tests.registrar_plugin.registrations import eventually

REGISTRATION = f"/{MAC}-registration.cfg"
OWN = f"/own/{derive_own_token(MAC, key=KEY)}"
VVX = "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 (SN:0004f2abcdef) Type/Application"
UPDATER = "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 (SN:0004f2abcdef) Type/Updater"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Web:
    """The application behind a real socket, with a clock that the test holds."""

    directory: Path
    url: str = ""
    now: datetime = START
    seen: list[Sighting] = field(default_factory=list[Sighting])
    answered: int = 0
    told: int = 0
    """Requests of which the application told; it does so after its answer."""

    @property
    def site_file(self) -> Path:
        return self.directory / SITE_FILE_NAME

    def put_site(self, site: Site) -> None:
        new = self.directory / "new"
        new.write_bytes(site.to_bytes())
        new.replace(self.site_file)

    def fetch(
        self,
        path: str,
        *,
        method: str = "GET",
        user_agent: str = VVX,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> HTTPResponse:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            said = {"User-Agent": user_agent} if user_agent else {}
            connection.request(method, path, body=body, headers=said | (headers or {}))
            response = connection.getresponse()
            self.body = response.read()
            if response.getheader("Retry-After") != "60":  # without a site there is nobody to tell
                self.answered += 1
            assert eventually(lambda: self.told == self.answered)
            return response
        finally:
            connection.close()

    def status(self, path: str, *, method: str = "GET") -> int:
        return self.fetch(path, method=method).status

    def raw(self, request: bytes) -> bytes:
        address = urlsplit(self.url)
        with socket.create_connection((address.hostname, address.port), timeout=10) as peer:
            peer.sendall(request)
            return b"".join(iter(lambda: peer.recv(65536), b""))

    def put_snapshot(self, taken_at: datetime) -> None:
        sites.put_snapshot(self.directory, taken_at.timestamp())

    def put_entry(self, entry: SpoolEntry) -> None:
        sites.put_entry(self.directory, entry)


@pytest.fixture
def web(tmp_path: Path) -> Generator[Web]:
    web = Web(tmp_path)
    web.put_site(a_site(tmp_path))
    log = FetchLog(web.seen.append)

    def tell(_: Site, report: FetchReport) -> None:
        log.note(report)
        web.told += 1

    app = create_wsgi_app(str(web.site_file), clock=lambda: web.now.timestamp(), report=tell)
    with serving(app, judges_proxies=True) as url:
        web.url = url
        yield web


def test_a_new_phone_boots(web: Web) -> None:
    web.put_snapshot(START)
    assert [web.status(path) for path in (f"/{MAC}.cfg", "/000000000000.cfg", REGISTRATION)] == [404, 200, 200]
    assert b"~~id~autoprovision" in web.body


def test_the_phone_is_told_what_it_gets(web: Web) -> None:
    response = web.fetch("/000000000000.cfg")
    assert response.getheader("Content-Type") == "text/xml; charset=utf-8"
    assert response.getheader("Cache-Control") == "private, no-cache"
    assert response.getheader("Content-Length") == str(len(web.body))
    assert response.getheader("Date") is not None
    assert response.getheader("Server") in (None, "")


def test_head_is_get_without_the_body(web: Web) -> None:
    length = web.fetch("/000000000000.cfg").getheader("Content-Length")
    response = web.fetch("/000000000000.cfg", method="HEAD")
    assert (response.status, response.getheader("Content-Length"), web.body) == (200, length, b"")


def test_before_the_config_system_was_reached_the_phone_comes_again(web: Web) -> None:
    response = web.fetch(REGISTRATION)
    assert (response.status, response.getheader("Retry-After")) == (503, "30")
    web.put_snapshot(START)
    assert web.status(REGISTRATION) == 200


def test_a_snapshot_that_grows_too_old_stops_new_registrations(web: Web) -> None:
    web.put_snapshot(START)
    assert web.status(REGISTRATION) == 200
    web.now += timedelta(hours=1)
    assert web.status(REGISTRATION) == 503


def test_an_assigned_phone_keeps_its_line_through_an_outage(web: Web) -> None:
    web.put_entry(ASSIGNED)
    web.now += timedelta(days=3)
    assert web.status(f"{OWN}/{MAC}.cfg") == 200
    assert web.status(OWN + REGISTRATION) == 200
    assert web.body == OWN_FILES[f"{MAC}-lines.cfg"]


def test_a_phone_that_has_the_file_is_told_so(web: Web) -> None:
    first = web.fetch("/000000000000.cfg")
    etag, changed = first.getheader("ETag") or "", first.getheader("Last-Modified") or ""
    for headers in ({"If-None-Match": etag}, {"If-Modified-Since": changed}):
        response = web.fetch("/000000000000.cfg", headers=headers)
        assert (response.status, web.body) == (304, b"")
        assert response.getheader("ETag") == etag
        assert response.getheader("Content-Length") is None


def test_a_range_is_answered_with_the_whole_file(web: Web) -> None:
    response = web.fetch("/000000000000.cfg", headers={"Range": "bytes=0-9"})
    assert response.status == 200
    assert len(web.body) > 10


def test_a_newly_compiled_site_counts_at_once(web: Web) -> None:
    assert web.status("/000000000000.cfg") == 200
    web.put_site(a_site(web.directory, access=open_access(web.directory, discovery="closed")))
    assert web.status("/000000000000.cfg") == 503


@pytest.mark.parametrize("damage", [b"", b"autoprov-site 2\n", b"autoprov-site 1\n", b"\x00" * 100])
def test_without_a_site_phones_come_again(web: Web, damage: bytes) -> None:
    web.site_file.unlink()
    response = web.fetch("/000000000000.cfg")
    assert (response.status, response.getheader("Retry-After")) == (503, "60")
    web.site_file.write_bytes(damage)
    assert web.status("/000000000000.cfg") == 503
    web.put_site(a_site(web.directory))
    assert web.status("/000000000000.cfg") == 200


def test_a_missing_site_is_said_once_a_minute_however_many_ask(web: Web, capfd: pytest.CaptureFixture[str]) -> None:
    web.site_file.unlink()
    for seconds in (0, 1, 59, 60, 61):
        web.now = START + timedelta(seconds=seconds)
        assert web.status("/000000000000.cfg") == 503
    said = [line for line in capfd.readouterr().err.splitlines() if "come again later" in line]
    assert len(said) == 2
    assert all(str(web.site_file) in line for line in said)


def test_the_site_is_not_read_again_while_it_is_the_same(web: Web) -> None:
    web.status("/000000000000.cfg")
    read_at = web.site_file.stat().st_atime_ns
    os.utime(web.site_file, ns=(read_at, web.site_file.stat().st_mtime_ns))
    web.status("/000000000000.cfg")
    assert web.site_file.stat().st_atime_ns == read_at


def test_a_forged_forwarded_for_moves_nobody(web: Web) -> None:
    web.fetch("/000000000000.cfg", headers={"X-Forwarded-For": "192.168.7.77"})
    assert web.seen[0].address == "127.0.0.1"


def test_a_trusted_proxy_says_who_stands_behind_it(web: Web) -> None:
    web.put_site(a_site(web.directory, access=open_access(web.directory, trusted_proxies=("127.0.0.0/8",))))
    web.fetch("/000000000000.cfg", headers={"X-Forwarded-For": "10.0.0.1, 192.168.7.77"})
    assert web.seen[0].address == "192.168.7.77"


@pytest.mark.parametrize(
    "path",
    [
        f"/{str(MAC).upper()}-REGISTRATION.cfg",
        f"//{MAC}-registration.cfg",
        f"/{MAC}%2Dregistration.cfg",
        f"/{MAC}-registration.cfg?model=VVX_410",
    ],
)
def test_phones_spell_a_path_as_they_like(path: str, web: Web) -> None:
    web.put_snapshot(START)
    assert web.status(path) == 200


@pytest.mark.parametrize(
    "path", ["/%00.cfg", "/%2e%2e/%2e%2e/etc/passwd", "/%ff%fe", "/%", "/" + "a" * 20_000, "/%0d%0aX:y"]
)
def test_a_hostile_path_is_a_file_that_is_not_there(path: str, web: Web) -> None:
    assert web.status(path) == 404


def test_an_uploaded_log_is_accepted_and_dropped(web: Web) -> None:
    before = set(web.directory.iterdir())
    assert web.fetch(f"/{MAC}-app.log", method="PUT", body=b"0101000000|log\n" * 10_000).status == 200
    assert {path.name for path in set(web.directory.iterdir()) - before} <= {"rates"}


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS", "PROPFIND"])
def test_a_method_that_nobody_serves_is_not_found(method: str, web: Web) -> None:
    assert web.status("/license.cfg", method=method) == 404


def test_a_request_without_headers_is_answered(web: Web) -> None:
    assert web.raw(b"GET /000000000000.cfg HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 OK\r\n")


def test_each_request_is_a_sighting(web: Web) -> None:
    web.put_snapshot(START)
    web.fetch("/000000000000.cfg", user_agent=UPDATER)
    web.fetch(REGISTRATION)
    bootstrap, registration = web.seen
    assert bootstrap == Sighting(
        None, START, Stage.FETCH, "bootstrap file", "000000000000.cfg, VVX_500 updater 5.9.7.47435", "127.0.0.1"
    )
    assert (registration.mac, registration.verdict) == (MAC, "registration file")
    assert registration.detail.startswith("ID ")
    assert registration.detail.endswith(f", {MAC}-registration.cfg, VVX_410 5.9.5.0614")


def test_a_sighting_says_why_a_phone_was_sent_away(web: Web) -> None:
    web.fetch(REGISTRATION)
    assert web.seen[0].verdict == "503: config system not reached yet"


def test_what_a_stranger_writes_is_cut_and_made_printable(web: Web) -> None:
    web.fetch("/%1b[2Jboo%0a", user_agent="\x9b2Jowned" + "x" * 500)
    web.fetch("/x.cfg", user_agent="")
    assert web.seen[0].detail == "?[2jboo?, not recognised: ?2Jowned" + "x" * 72
    assert web.seen[1].detail == "x.cfg, no User-Agent"


def test_a_served_registration_file_is_one_log_line(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="autoprov_web")
    web.put_snapshot(START)
    web.fetch(REGISTRATION)
    web.fetch("/000000000000.cfg")
    (record,) = [record for record in caplog.records if record.name.startswith("autoprov_web")]
    assert (record.levelname, record.getMessage()) == ("INFO", "registration file served")
    assert record.__dict__["mac"] == str(MAC)
    assert record.__dict__["phone"] == "VVX_410 5.9.5.0614"


def test_an_outage_is_one_warning_a_minute(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    for seconds in (0, 10, 59, 60, 90):
        web.now = START + timedelta(seconds=seconds)
        web.fetch(REGISTRATION)
    reasons = [record.__dict__["reason"] for record in caplog.records if record.name == "autoprov_web.fetch_log"]
    assert reasons == ["config system not reached yet"] * 2


def test_another_reason_is_another_warning(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.fetch(REGISTRATION)
    web.put_snapshot(START - timedelta(days=1))
    web.fetch(REGISTRATION)
    reasons = [record.__dict__["reason"] for record in caplog.records if record.name == "autoprov_web.fetch_log"]
    assert reasons == ["config system not reached yet", "last snapshot of the config system is too old"]


def test_of_an_answer_it_is_told_when_the_phone_has_it(web: Web) -> None:
    told: list[FetchReport] = []
    app = create_wsgi_app(str(web.site_file), clock=START.timestamp, report=lambda _, report: told.append(report))
    environ: WSGIEnvironment = {"REQUEST_METHOD": "GET", "PATH_INFO": "/000000000000.cfg", "REMOTE_ADDR": "127.0.0.1"}
    answer = app(environ, start_response)
    assert b"".join(answer).startswith(b"<?xml")
    assert told == []
    answer.close()  # type: ignore[attr-defined] # pyright: ignore - PEP 3333
    assert [report.verdict for report in told] == ["bootstrap file"]


def start_response(
    _status: str, _headers: list[tuple[str, str]], _trouble: object = None, /
) -> Callable[[bytes], object]:
    return lambda _: None
