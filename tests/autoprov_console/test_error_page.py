from http import HTTPStatus

import pytest

from autoprov_phones.mac import MacAddress
from tests.autoprov_console.console_site import NOW, ConsoleSite, Page
from tests.peers.chromium import rendered_page

MAC = "0004f2abcdef"


def says(page: Page, status: HTTPStatus, heading: str) -> bool:
    """Whether it does, in the page's own frame and with a way back."""
    back = [link.get("href") for link in page.elements("//main//a[@class='button']")]
    framed = page.elements("//header[@class='masthead']") and page.headers["Content-Type"].startswith("text/html")
    return bool(framed) and (page.status, page.text("//h1"), back) == (status, heading, ["/"])


@pytest.mark.parametrize("path", ["/nowhere", "/static/nothing.css", "/phones/0004f2abcdef"])
def test_an_address_that_is_none_leads_back_to_the_phones(console: ConsoleSite, path: str) -> None:
    assert says(console.get(path), HTTPStatus.NOT_FOUND, "There is no such page")


def test_where_a_form_goes_there_is_nothing_to_read(console: ConsoleSite) -> None:
    page = console.get(f"/phones/{MAC}/line")
    assert says(page, HTTPStatus.METHOD_NOT_ALLOWED, "Nothing can be read here")
    assert set(page.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_a_form_that_is_too_large_is_told_so_and_does_nothing(console: ConsoleSite) -> None:
    console.add_phone(MAC)
    page = console.assign(MAC, {"kind": "user", "user": "2" * 20_000})
    assert says(page, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form was too large")
    assert console.phone(MAC).is_unassigned


def test_a_mistake_of_ours_is_told_and_its_details_stay_in_the_log(
    console: ConsoleSite, caplog: pytest.LogCaptureFixture
) -> None:
    console.add_phone(MAC)
    console.seen[MacAddress(MAC)] = NOW.replace(tzinfo=None)  # no such value comes from the timeline
    page = console.get()
    assert says(page, HTTPStatus.INTERNAL_SERVER_ERROR, "This program made a mistake")
    assert "TypeError" not in page.source
    assert [record.exc_info for record in caplog.records if record.levelname == "ERROR"]


def test_another_sites_form_is_refused_with_a_way_back(console: ConsoleSite) -> None:
    page = console.post(f"/phones/{MAC}/line", {}, {"Origin": "http://evil.example"})
    assert says(page, HTTPStatus.FORBIDDEN, "Request refused")


def test_what_was_asked_for_does_not_become_markup(console: ConsoleSite) -> None:
    page = console.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert "alert(1)" not in page.source


def test_a_browser_shows_the_error_in_the_pages_frame(console: ConsoleSite) -> None:
    page = rendered_page(f"{console.url}/nowhere")
    assert 'class="scripted"' in page
    assert "There is no such page" in page
    assert "404 NOT FOUND" in page
