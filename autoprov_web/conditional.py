"""Conditional requests (RFC 9110 section 13): a phone that has the file already gets 304.

Gateways of one maker reset again and again where ``If-Modified-Since`` is ignored (phones 3).
"""

from __future__ import annotations

import hashlib
import time

from autoprov_web.answer import NOT_MODIFIED, OK, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_web.phone_request import PhoneRequest

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAX_REMEMBERED = 1024
_MAX_REMEMBERED_BYTES = 8192
_dates: dict[int, str] = {}
_etags: dict[bytes, str] = {}
"""Of bodies that were served: phones share the bootstrap file, and one that boots again gets what it got before."""
_EPOCH_DAY = 719_163  # of 1970-01-01, where day 1 is 0001-01-01


def with_validators(given: Answer, request: PhoneRequest) -> Answer:
    """*given* with ETag and Last-Modified where it is a file, or 304 where the phone has just that.

    The ETag wins over the date (13.2.2): the date has whole seconds, a file may change twice in one.
    """
    if given.status != OK or given.changed_at is None:
        return given
    etag = _etag_of(given.body)
    given.headers += [("ETag", etag), ("Last-Modified", http_date(given.changed_at))]
    if not _has_it(request, etag, given.changed_at):
        return given
    headers = [header for header in given.headers if header[0] != "Content-Type"]
    return Answer(NOT_MODIFIED, headers, b"", f"not modified: {given.verdict}", unique_id=given.unique_id)


def http_date(at: float) -> str:
    """``Sun, 06 Nov 1994 08:49:37 GMT`` (RFC 9110 section 5.6.7), whatever the locale."""
    whole = int(at)
    text = _dates.get(whole)
    if text is None:
        text = _written(whole)
        if len(_dates) >= _MAX_REMEMBERED:
            _dates.clear()
        _dates[whole] = text
    return text


def _written(at: int) -> str:
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(at)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"


def read_http_date(text: str) -> int | None:
    """Unix seconds of an IMF-fixdate; None for any other text, which the header's rules let us ignore.

    The two obsolete forms count as other text: a file too many is sent then, never one too few.
    """
    words = text.replace(":", " ").split(" ")
    if len(text) != 29 or len(words) != 8 or words[7] != "GMT" or words[2] not in _MONTHS:
        return None
    numbers = [words[1], words[3], words[4], words[5], words[6]]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    day, year, hour, minute, second = (int(number) for number in numbers)
    if not (1 <= day <= 31 and year >= 1 and hour < 24 and minute < 60 and second <= 60):
        return None
    return (
        (_day_number(year, _MONTHS.index(words[2]) + 1, day) - _EPOCH_DAY) * 86_400 + hour * 3600 + minute * 60 + second
    )


def _etag_of(body: bytes) -> str:
    etag = _etags.get(body)
    if etag is None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if len(body) <= _MAX_REMEMBERED_BYTES:
            if len(_etags) >= _MAX_REMEMBERED:
                _etags.clear()
            _etags[body] = etag
    return etag


def _has_it(request: PhoneRequest, etag: str, changed_at: float) -> bool:
    if request.if_none_match:
        said = [tag.strip().removeprefix("W/") for tag in request.if_none_match.split(",")]
        return "*" in said or etag in said
    since = read_http_date(request.if_modified_since)
    return since is not None and int(changed_at) <= since


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-12-31 in the Gregorian calendar; a day beyond its month's end counts into the next."""
    before = year - 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)[month - 1] + (1 if leap and month > 2 else 0)
    return before * 365 + before // 4 - before // 100 + before // 400 + days + day
