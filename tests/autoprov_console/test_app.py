import logging

import pytest

from autoprov_phones.mac import MacAddress
from tests.autoprov_console.console_site import ConsoleSite

MAC = "0004f2abcdef"
FORM = {"kind": "user", "user": "201"}


@pytest.mark.parametrize("path", ["/", "/?filter=search", "/nowhere", "/static/console.css"])
def test_every_answer_is_closed_to_other_sites(path: str, console: ConsoleSite) -> None:
    headers = console.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_the_page_is_never_kept_by_a_browser(console: ConsoleSite) -> None:
    assert console.get().headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_form_assigns_nothing(headers: dict[str, str], console: ConsoleSite) -> None:
    console.add_phone(MAC)
    assert console.post(f"/phones/{MAC}/line", FORM, headers).status == 403
    assert console.phone(MAC).is_unassigned


def test_a_name_that_somebody_pointed_here_shows_nothing(console: ConsoleSite) -> None:
    console.add_phone(MAC)
    page = console.get("/", {"Host": "evil.example"})
    assert page.status == 403
    assert MAC not in page.source
    assert console.get("/", {"Host": "phones.example.org"}).status == 200


def test_a_script_without_a_browser_may_assign(console: ConsoleSite) -> None:
    console.add_phone(MAC)
    assert console.post(f"/phones/{MAC}/line", FORM).status == 303
    assert console.followed == [MacAddress(MAC)]


def test_a_form_of_a_megabyte_is_not_read(console: ConsoleSite) -> None:
    assert console.post(f"/phones/{MAC}/line", {"user": "x" * 1_000_000}).status == 413


def test_no_password_is_logged(console: ConsoleSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    console.add_phone(MAC)
    form = {
        "kind": "external",
        "user_id": "4711",
        "password": "hunter2",
        "registrar": "sip.example.net",
        "port": "5060",
    }
    assert console.assign(MAC, form).status == 303
    (record,) = [record for record in caplog.records if record.getMessage() == "line added to phone"]
    assert (record.__dict__["mac"], record.__dict__["line_kind"]) == (MAC, "external")
    assert not [record for record in caplog.records if "hunter2" in str(record.__dict__)]
