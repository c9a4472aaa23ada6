"""CGI, mod_wsgi and embedded answer alike, over HTTP and over HTTPS."""

import pytest

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.mac import MacAddress
from tests.apache.edges import PREFIX, Edges
from tests.apache.fetches import wait_for_reports
from tests.autoprov_web.sites import KEY, MAC, OWN_FILES
from tests.peers.apache import Apache

NEW = MacAddress("64167f000001")
OWN = f"{PREFIX}/own/{derive_own_token(MAC, key=KEY)}"
BOOTSTRAP = f"{PREFIX}/000000000000.cfg"
REGISTRATION = f"{PREFIX}/{NEW}-registration.cfg"
TWENTY = 20
"""Answers: where one in some is lost, it is noticed."""


def test_a_new_phone_is_told_how_to_register(edges: Edges) -> None:
    reply = edges.same(REGISTRATION)
    assert reply.status == 200
    assert b"~~id~autoprovision" in reply.body
    assert str(NEW).encode() in reply.body


def test_the_bootstrap_file_says_how_long_it_is_and_what_it_is(edges: Edges) -> None:
    reply = edges.same(BOOTSTRAP)
    assert reply.status == 200
    assert reply.header("content-length") == str(len(reply.body))
    assert reply.header("content-type") == "text/xml; charset=utf-8"
    assert reply.header("etag") is not None
    assert reply.header("last-modified") is not None


def test_every_answer_has_a_date(edges: Edges) -> None:
    # AudioCodes gateways reset again and again without one (phones 3).
    for edge in edges.urls:
        for path in (BOOTSTRAP, f"{PREFIX}/none"):
            assert edges.date(edge, path), edge


@pytest.mark.parametrize("path", [BOOTSTRAP, REGISTRATION, f"{PREFIX}/{NEW}-phone.cfg", f"{PREFIX}/{NEW}.cfg"])
def test_head_is_get_without_the_body(edges: Edges, path: str) -> None:
    got, head = edges.same(path), edges.same(path, method="HEAD")
    assert (head.status, head.body) == (got.status, b"")
    assert head.header("content-type") == got.header("content-type")
    if got.status == 200:
        assert head.headers == got.headers


@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since"])
def test_a_phone_that_has_the_file_hears_304(edges: Edges, name: str) -> None:
    first = edges.same(BOOTSTRAP)
    has = first.header("etag" if name == "If-None-Match" else "last-modified") or ""
    reply = edges.same(BOOTSTRAP, headers={name: has})
    assert (reply.status, reply.body) == (304, b"")
    assert reply.header("etag") == first.header("etag")


def test_a_phone_that_has_another_file_gets_this_one(edges: Edges) -> None:
    assert edges.same(BOOTSTRAP, headers={"If-None-Match": '"of-last-year"'}).status == 200


def test_a_range_is_answered_with_the_whole_file(edges: Edges) -> None:
    assert edges.same(BOOTSTRAP, headers={"Range": "bytes=0-9"}) == edges.same(BOOTSTRAP)


def test_an_answer_is_never_compressed(edges: Edges) -> None:
    assert edges.same(BOOTSTRAP, headers={"Accept-Encoding": "gzip, deflate, br"}) == edges.same(BOOTSTRAP)


def test_an_assigned_phone_gets_its_own_files_below_its_secret_address(edges: Edges) -> None:
    for name, content in OWN_FILES.items():
        assert edges.same(f"{OWN}/{name}").body == content


def test_for_its_mac_alone_an_assigned_phone_gets_nothing(edges: Edges) -> None:
    for name in (*OWN_FILES, f"{MAC}-registration.cfg"):
        reply = edges.same(f"{PREFIX}/{name}")
        assert (reply.status, reply.header("retry-after")) == (503, "30")


@pytest.mark.parametrize(
    "spelling",
    [
        f"{PREFIX}/{str(NEW).upper()}-REGISTRATION.CFG",
        f"{PREFIX}//{NEW}-registration.cfg",
        f"/{PREFIX}/{NEW}-registration.cfg",
        f"{PREFIX}/./{NEW}-registration.cfg",
        f"{PREFIX}/%36%34167f000001-registration.cfg",
        f"{PREFIX}%2F{NEW}-registration.cfg",
        f"{REGISTRATION}?x=1&y=%00/../",
    ],
)
def test_a_phone_may_spell_the_address_its_own_way(edges: Edges, spelling: str) -> None:
    assert edges.same(spelling) == edges.same(REGISTRATION)


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FOO"])
def test_no_method_is_answered_405(edges: Edges, method: str) -> None:
    assert edges.same(REGISTRATION, method=method, body=b"x" if method in ("PUT", "POST") else None).status == 404


@pytest.mark.parametrize("name", [f"{NEW}-app.log", f"{NEW}-boot.log"])
def test_a_log_is_accepted_and_dropped(edges: Edges, name: str) -> None:
    assert edges.same(f"{PREFIX}/{name}", method="PUT", body=b"0522150041|boot\n" * 20_000).status == 200


def test_a_log_without_a_length_is_accepted_and_dropped(edges: Edges) -> None:
    chunked = {"Transfer-Encoding": "chunked"}
    body = b"5\r\nhello\r\n0\r\n\r\n"
    assert edges.same(f"{PREFIX}/{NEW}-app.log", method="PUT", headers=chunked, body=body).status == 200


def test_a_log_beyond_the_limit_is_refused_by_each_server_itself(edges: Edges) -> None:
    for edge in edges.urls:
        reply = edges.ask(edge, f"{PREFIX}/{NEW}-app.log", method="PUT", body=b"x" * 1_100_000)
        # Behind the proxy waitress hangs up in the middle of the body, and Apache has nothing to pass on.
        assert reply.status in ((413, 503) if edge == "embedded-https" else (413,)), edge


@pytest.mark.parametrize(("edge", "site"), [("cgi-http", "site"), ("wsgi-http", "site"), ("embedded-https", "proxied")])
def test_every_answer_is_told_of(server: Apache, edges: Edges, edge: str, site: str) -> None:
    mac = MacAddress(f"64167f0701{list(edges.urls).index(edge):02x}")
    for _ in range(TWENTY):
        edges.ask(edge, f"{PREFIX}/{mac}.cfg")
    wait_for_reports(server.folder / site, mac, TWENTY)
