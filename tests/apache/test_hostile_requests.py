"""Whatever is sent, the answer is clean, comes soon, and has nothing in it that is not a phone's."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from tests.apache.damaged import WSGI_SCRIPTS
from tests.apache.edges import PREFIX, Edges, talk
from tests.peers.apache import Apache
from tests.peers.breaking import Breaking

PATHS_OF_NOTHING = [
    "/",
    PREFIX,
    f"{PREFIX}/",
    f"{PREFIX}/.",
    f"{PREFIX}/..",
    f"{PREFIX}/../../../../etc/passwd",
    f"{PREFIX}/..%2f..%2f..%2fetc%2fpasswd",
    f"{PREFIX}/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    f"{PREFIX}/%252e%252e%252fetc%252fpasswd",
    f"{PREFIX}/..\\..\\etc\\passwd",
    f"{PREFIX}//etc/passwd",
    f"{PREFIX}/site.compiled",
    f"{PREFIX}/.snapshot",
    f"{PREFIX}/0004f2abcdef.phone",
    f"{PREFIX}/own/../site.compiled",
    f"{PREFIX}/own/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/../../site.compiled",
    f"{PREFIX}/0004f2abcdef.cfg%00.ld",
    f"{PREFIX}/%zz.cfg",
    f"{PREFIX}/a%0d%0aSet-Cookie:%20a=b.cfg",
    f"{PREFIX}/%ff%fe.cfg",
    f"{PREFIX}/%e2%80%ae.cfg",
    f"{PREFIX}/0004f2abcdef.cfg/x",
    f"{PREFIX}/0004f2abcde.cfg",
    f"{PREFIX}/0004f2abcdeg.cfg",
    f"{PREFIX}/" + "a" * 1_000,
    f"{PREFIX}/" + "a/" * 1_000,
    f"{PREFIX}/" + "a" * 8_000,
    f"{PREFIX}/" + "../" * 3_000 + "etc/passwd",
    "/cgi-bin/luci/;stok=/locale",
    "/.git/config",
    "/autoprov.cgi",
    "/-autoprov/none",
    "/-autoprov/../cgi/autoprov.cgi",
]


@pytest.mark.parametrize("path", PATHS_OF_NOTHING, ids=lambda path: path[:60])
def test_a_path_of_nothing_is_404_everywhere(edges: Edges, path: str) -> None:
    reply = edges.same(path)
    assert (reply.status, reply.body) == (404, b"no such file\n")


NO_HTTP = {
    "NUL in the path": b"GET " + PREFIX.encode() + b"/a\0b.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a blank in the path": b"GET " + PREFIX.encode() + b"/a b.cfg HTTP/1.1\r\nHost: x\r\n\r\n",
    "no path": b"GET a.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "an asterisk": b"GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "CONNECT": b"CONNECT www.example.com:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a header without colon": b"GET /a.cfg HTTP/1.1\r\nHost\r\n\r\n",
    "NUL in a header": b"GET /a.cfg HTTP/1.1\r\nHost: x\r\nUser-Agent: a\0b\r\n\r\n",
    "a length that is none": b"PUT /a.log HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "two lengths": b"PUT /a.log HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "TLS's first bytes": bytes.fromhex("16030100a5010000a10303") + b"\r\n\r\n",
    "another protocol": b"REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP x\r\n\r\n",
    "10,000 headers": b"GET /a.cfg HTTP/1.1\r\nHost: x\r\n"
    + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000))
    + b"\r\n",
    "a header of 100 kB": b"GET /a.cfg HTTP/1.1\r\nHost: x\r\nUser-Agent: " + b"a" * 100_000 + b"\r\n\r\n",
    "a line of 100 kB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_no_http_is_404_as_well(edges: Edges, sent: bytes) -> None:
    for edge, url in edges.urls.items():
        head, _, body = talk(url, sent).partition(b"\r\n\r\n")
        assert re.match(rb"HTTP/1\.[01] 404 ", head), edge
        assert body.endswith(b"no such file\n"), edge


def test_no_client_can_say_that_its_certificate_was_verified(edges: Edges) -> None:
    claims = {
        "SSL_CLIENT_VERIFY": "SUCCESS",
        "SSL-Client-Verify": "SUCCESS",
        "SSL_CLIENT_S_DN_CN": "0004f2abcdef",
        "SSL-Client-S-DN-CN": "0004f2abcdef",
        "SSL-Client-Cert": "-----BEGIN CERTIFICATE-----",
        "REMOTE_USER": "0004f2abcdef",
    }
    assert edges.same(f"{PREFIX}/0004f2abcdef.cfg", headers=claims).status == 503


def test_apache_says_503_where_there_is_nothing_to_serve_from(server: Apache) -> None:
    edges = Edges({name: server.url(name) for name in ("no-site", "no-backend")})
    for edge in edges.urls:
        reply = edges.ask(edge, f"{PREFIX}/000000000000.cfg")
        assert (reply.status, reply.body) == (503, b"try again later\n"), edge
        assert reply.header("retry-after") == "60", edge


def test_a_cgi_that_breaks_is_503_to_a_phone(server: Apache) -> None:
    reply = Edges({"broken": server.url("broken")}).ask("broken", f"{PREFIX}/000000000000.cfg")
    assert (reply.status, reply.header("retry-after")) == (503, "60")


@pytest.mark.parametrize("damage", WSGI_SCRIPTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_an_application_that_breaks_is_503_to_a_phone(server: Apache, damage: str, method: str) -> None:
    damaged = Edges({damage: server.url(damage)})
    reply = damaged.ask(damage, f"{PREFIX}/0004f2abcdef-app.log", method=method, body=b"x" if method == "PUT" else None)
    assert (reply.status, reply.header("retry-after")) == (503, "60")
    assert b"Traceback" not in reply.body


def test_apaches_own_answers_are_the_same_as_ours(edges: Edges) -> None:
    by_apache = edges.ask("cgi-http", f"{PREFIX}/%00")
    assert by_apache == edges.same(f"{PREFIX}/none.cfg")


def test_a_client_that_sends_a_byte_at_a_time_is_cut_off_while_others_are_served(server: Apache, edges: Edges) -> None:
    started = time.monotonic()
    with ExitStack() as stack:
        address = urlsplit(edges.urls["wsgi-http"])
        slow = [
            stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=40))
            for _ in range(30)
        ]
        endless = _endless_request()
        while time.monotonic() - started < 40 and not all(_is_closed(peer) for peer in slow):
            byte = next(endless)
            for peer in slow:
                with suppress(OSError):
                    peer.send(byte)
            assert edges.ask("wsgi-http", f"{PREFIX}/none").status == 404
            time.sleep(0.5)
    assert 5 < time.monotonic() - started < 35


def _endless_request() -> Iterator[bytes]:
    yield from (bytes([value]) for value in b"GET /phones/000000000000.cfg HTTP/1.1\r\nHost: x\r\n")
    while True:
        yield b"X"


def _is_closed(peer: socket.socket) -> bool:
    peer.setblocking(False)
    try:
        while data := peer.recv(4096):
            del data
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_the_log_has_no_secret_addresses_and_no_raw_bytes(server: Apache) -> None:
    token = "A" * 32
    Edges({"cgi-http": server.url("cgi-http")}).ask("cgi-http", f"{PREFIX}/own/{token}/0004f2abcdef.cfg")
    for spelling in ("own", "%6fwn", "/own/", "none/../own"):
        asked = f"GET {PREFIX}/{spelling}/{token}/%0a%1b[31m.cfg HTTP/1.0\r\n\r\n"
        talk(server.url("cgi-http"), asked.encode())
    # Refused before any module has seen it.
    early = f"GET {PREFIX}/own/{token}/x.cfg HTTP/1.1\r\nHost: x\r\nExpect: more\r\nConnection: close\r\n\r\n"
    assert b" 404 " in talk(server.url("cgi-http"), early.encode())
    talk(server.url("cgi-http"), f"GET {PREFIX}/%0a%1b[31m\xff.cfg HTTP/1.0\r\n\r\n".encode("latin-1"))
    logs = server.log("cgi-http") + server.log("error")
    assert logs.count("/own/-") >= 6
    assert token not in logs
    assert "\\n\\x1b[31m\\xff.cfg" in logs
    assert all(line.isprintable() for line in logs.splitlines())


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", b"HTTP/1.1 500 No\r\n\r\n"])
def test_a_backend_that_breaks_is_503_and_no_secret_in_the_logs(
    server: Apache, breaking: Breaking, said: bytes
) -> None:
    breaking.said = said
    token = "B" * 32
    reply = Edges({"breaking": server.url("breaking")}).ask("breaking", f"{PREFIX}/own/{token}/0004f2abcdef.cfg")
    assert reply.status == 503
    assert token not in server.log("breaking") + server.log("error")


def test_who_asks_before_it_sends_nothing_is_answered_by_every_apache(edges: Edges) -> None:
    asked = f"GET {PREFIX}/none HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    for edge in set(edges.urls) - {"embedded-http"}:
        assert b" 404 " in talk(edges.urls[edge], asked.encode()), edge


def test_a_reply_is_not_taken_for_another(edges: Edges) -> None:
    """Two requests on one connection: the second is answered as the second."""
    both = f"GET {PREFIX}/none HTTP/1.1\r\nHost: x\r\n\r\n"
    both += f"GET {PREFIX}/000000000000.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for edge, url in edges.urls.items():
        statuses = re.findall(rb"HTTP/1\.1 (\d+) ", talk(url, both.encode()))
        assert statuses == [b"404", b"200"], edge
