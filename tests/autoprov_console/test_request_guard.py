import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_console.request_guard import refusal

NAMES = ("Phones.Example.Org",)


def refused(
    host: str = "localhost:8482", *, method: str = "POST", origin: str | None = None, fetch_site: str | None = None
) -> bool:
    return refusal(method=method, host=host, origin=origin, fetch_site=fetch_site, host_names=NAMES) is not None


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8482", "127.0.0.1:8482", "[::1]:8482", "192.168.7.2", "phones.example.org:443"],
)
def test_the_console_answers_to_its_names_and_to_any_address(host: str) -> None:
    assert not refused(host, method="GET")


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "user@", "a b", "::1"]
)
def test_a_name_that_somebody_pointed_here_is_refused(host: str) -> None:
    assert refused(host, method="GET")


@pytest.mark.parametrize(
    ("origin", "fetch_site"),
    [(None, None), ("http://localhost:8482", "same-origin"), ("http://LOCALHOST:8482", None), (None, "none")],
)
def test_our_own_form_passes(origin: str | None, fetch_site: str | None) -> None:
    assert not refused(origin=origin, fetch_site=fetch_site)


@pytest.mark.parametrize(
    ("origin", "fetch_site"),
    [
        ("http://evil.example", None),
        ("http://localhost:9999", None),
        ("null", None),
        ("", None),
        ("http://[", None),
        (None, "cross-site"),
        (None, "same-site"),
        ("http://localhost:8482", "cross-site"),
        ("http://evil.example", "same-origin"),
    ],
)
def test_another_sites_form_is_refused(origin: str | None, fetch_site: str | None) -> None:
    assert refused(origin=origin, fetch_site=fetch_site)


def test_a_link_from_another_site_is_followed() -> None:
    assert not refused(method="GET", origin="http://evil.example", fetch_site="cross-site")


@given(st.text(), st.text(), st.text())
def test_whatever_the_headers_hold_there_is_an_answer(host: str, origin: str, fetch_site: str) -> None:
    refused(host, origin=origin, fetch_site=fetch_site)
