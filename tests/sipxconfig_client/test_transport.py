import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from sipxconfig_client.errors import Unreachable
from sipxconfig_client.transport import HttpSettings, Transport
from sipxconfig_client.values import Credentials
from tests.peers.installed import installed

SECONDS = timedelta(seconds=5)


def settings(base_url: str, *, ca_file: Path | None = None, credentials: Credentials | None = None) -> HttpSettings:
    return HttpSettings(base_url, credentials, SECONDS, SECONDS, ca_file)


class Echo(BaseHTTPRequestHandler):
    """Answers with the credentials and the cookie that it was sent, and sets a cookie, as sipXconfig does."""

    def do_GET(self) -> None:
        body = f"{self.headers.get('Authorization')} {self.headers.get('Cookie')}".encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "JSESSIONID=1;Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "server.pem"
    command = [installed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", path, "-out", path], check=True, capture_output=True)
    return path


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def https_url(server: ThreadingHTTPServer, certificate: Path) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return f"https://127.0.0.1:{server.server_address[1]}"


def test_basic_credentials_are_sent_at_once_and_cookies_never(server: ThreadingHTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_address[1]}/sipxconfig/"
    transport = Transport(settings(url, credentials=Credentials("superadmin", "pässword")))
    for _ in range(2):
        assert transport.send("GET", "/phones").text == "Basic c3VwZXJhZG1pbjpww6Rzc3dvcmQ= None"
    transport.close()


def test_a_certificate_of_the_own_authority_is_trusted(https_url: str, certificate: Path) -> None:
    transport = Transport(settings(https_url, ca_file=certificate))
    assert transport.send("GET", "/phones").status == 200
    transport.close()


def test_a_certificate_of_an_unknown_authority_never_is(https_url: str) -> None:
    transport = Transport(settings(https_url))
    with pytest.raises(Unreachable, match="CA file in the settings") as caught:
        transport.send("GET", "/phones")
    assert not caught.value.in_doubt
    transport.close()


@pytest.mark.parametrize(
    "base_url",
    ["", "pbx.example.org", "ftp://pbx/", "http://", "http://admin:pw@pbx/", "http://pbx/?x=1", "http://pbx:99999/"],
)
def test_what_is_no_address_is_refused_at_once(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        settings(base_url)


@pytest.mark.parametrize(
    ("url", "warnings"),
    [
        ("http://pbx.example.org/sipxconfig", 1),
        ("https://pbx.example.org/sipxconfig", 0),
        ("http://127.0.0.1:12001/sipxconfig", 0),
        ("http://[::1]:12001/sipxconfig", 0),
    ],
)
def test_credentials_that_others_could_read_on_the_way_are_warned_of(
    url: str, warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    Transport(settings(url, credentials=Credentials("superadmin", "pin"))).close()
    Transport(settings(url)).close()
    assert [record.message for record in caplog.records] == [
        "credentials go to the config system unencrypted, use https"
    ] * warnings
