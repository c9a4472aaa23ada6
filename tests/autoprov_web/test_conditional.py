from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.answer import Answer, not_found, phone_file
from autoprov_web.conditional import http_date, read_http_date, with_validators
from autoprov_web.phone_request import PhoneRequest

CHANGED_AT = 1_772_366_400.7
LAST_MODIFIED = "Sun, 01 Mar 2026 12:00:00 GMT"
BODY = b"<polycomConfig/>"


def ask(*, if_none_match: str = "", if_modified_since: str = "", body: bytes = BODY) -> Answer:
    request = PhoneRequest("GET", "/x", if_none_match=if_none_match, if_modified_since=if_modified_since)
    return with_validators(phone_file(body, verdict="a file", changed_at=CHANGED_AT), request)


def header(given: Answer, name: str) -> str:
    return dict(given.headers)[name]


def test_a_file_says_when_it_changed_and_what_it_is() -> None:
    given = ask()
    assert (given.status, given.body) == (200, BODY)
    assert header(given, "Last-Modified") == LAST_MODIFIED
    assert header(given, "ETag") == header(ask(), "ETag") != header(ask(body=b"other"), "ETag")
    assert header(given, "ETag") != header(ask(body=BODY.swapcase()), "ETag")


@pytest.mark.parametrize("said", [LAST_MODIFIED, "Mon, 02 Mar 2026 00:00:00 GMT"])
def test_a_phone_that_has_it_since_then_gets_304(said: str) -> None:
    given = ask(if_modified_since=said)
    assert (given.status, given.body) == (304, b"")
    assert header(given, "Last-Modified") == LAST_MODIFIED
    assert "Content-Type" not in dict(given.headers)


@pytest.mark.parametrize(
    "said",
    [
        "Sun, 01 Mar 2026 11:59:59 GMT",
        "",
        "yesterday",
        "Sunday, 01-Mar-26 12:00:00 GMT",
        "Sun Mar  1 12:00:00 2026",
        "Sun, 01 Mar 2026 12:00:00 CET",
        "Sun, 01 Mar 2026 24:00:00 GMT",
        "Sun, ٠1 Mar 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 12:00:-0 GMT",
    ],
)
def test_an_older_date_or_none_gets_the_file(said: str) -> None:
    assert ask(if_modified_since=said).status == 200


def test_the_etag_is_compared_weakly_and_in_lists() -> None:
    etag = header(ask(), "ETag")
    for said in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        assert ask(if_none_match=said).status == 304
    for said in ('"other"', etag.strip('"'), "W/"):
        assert ask(if_none_match=said).status == 200


def test_the_etag_wins_over_the_date() -> None:
    assert ask(if_none_match='"other"', if_modified_since=LAST_MODIFIED).status == 200


def test_what_is_no_file_has_no_validators() -> None:
    request = PhoneRequest("GET", "/x", if_none_match="*", if_modified_since=LAST_MODIFIED)
    assert with_validators(not_found(), request).status == 404


@given(st.datetimes(datetime(100, 1, 1), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - given by timezones
def test_dates_are_those_of_the_standard_library(at: datetime) -> None:
    at = at.replace(microsecond=0)
    text = format_datetime(at, usegmt=True)
    assert read_http_date(text) == at.timestamp()
    assert http_date(at.timestamp()) == text
    assert parsedate_to_datetime(http_date(at.timestamp())) == at


@given(st.text() | st.text("SunMar 0123456789:,GT", min_size=29, max_size=29))
def test_any_text_is_a_date_or_none(text: str) -> None:
    said = read_http_date(text)
    assert said is None or len(text) == 29
