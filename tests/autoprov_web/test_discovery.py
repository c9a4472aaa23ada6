import os
import time
from collections.abc import Generator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.discovery import LONGEST_WINDOW, Discovery, Hours, HoursSyntaxError

NOW = 1_800_000_000.0
SUNDAY, MONDAY, FRIDAY, SATURDAY = "2026-03-01", "2026-03-02", "2026-03-06", "2026-03-07"


@pytest.fixture
def berlin() -> Generator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def is_open(*schedule: str, at: str) -> bool:
    """*at* is local time."""
    now = datetime.fromisoformat(at).timestamp()  # naive: of this machine's zone
    return Discovery("scheduled", schedule, directory="/nowhere").is_open(now=now)


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (f"{MONDAY}T07:59:59", False),
        (f"{MONDAY}T08:00:00", True),
        (f"{FRIDAY}T17:59:59", True),
        (f"{FRIDAY}T18:00:00", False),
        (f"{SATURDAY}T09:00:00", True),
        (f"{SUNDAY}T09:00:00", False),
    ],
)
@pytest.mark.usefixtures("berlin")
def test_a_schedule_is_open_in_its_hours_of_local_time(at: str, opened: bool) -> None:
    assert is_open("Mon-Fri 08:00-18:00", "Sat 09:00-12:00", at=at) is opened


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (f"{SATURDAY}T23:00:00", True),
        (f"{SUNDAY}T05:59:59", True),
        (f"{SUNDAY}T06:00:00", False),
        (f"{SUNDAY}T23:00:00", True),
        (f"{MONDAY}T01:00:00", True),
        (f"{MONDAY}T22:30:00", False),
        (f"{SATURDAY}T01:00:00", False),
    ],
)
def test_the_hours_after_midnight_are_of_the_day_before(at: str, opened: bool) -> None:
    assert is_open("Sat,Sun 22:00-06:00", at=at) is opened


def test_days_may_wrap_around_the_week() -> None:
    assert Hours.parse("Fri-Mon 08:00-18:00").days == {4, 5, 6, 0}
    assert Hours.parse("Mon-Sun 00:00-24:00").days == set(range(7))
    assert Hours.parse("Mon-Mon,Wed 00:00-24:00").days == {0, 2}


@pytest.mark.usefixtures("berlin")
def test_when_clocks_change_the_wall_clock_counts() -> None:
    assert is_open("Sun 03:00-04:00", at="2026-03-29T03:30:00")
    assert is_open("Sun 01:00-02:00", at="2026-03-29T01:59:59")


@pytest.mark.parametrize(
    "line",
    [
        "", "Mon", "Mon 08:00", "Mon 8:00-18:00", "Mon 08:00-18:60", "Mon 08:00-24:01", "Mon 24:00-06:00",
        "mon 08:00-18:00", "Mon 08:00-08:00", "Mon-Fri", "Mon- 08:00-18:00", "Mon–Fri 08:00-18:00", "08:00-18:00",
        "Mon,, 08:00-18:00",
        "Mon 08:00-18:00 ", "Mon  08:00-18:00", "Mon 0８:00-18:00", "Mon 08.00-18.00", "Mon 08:00-18:00-19:00",
    ],
)  # fmt: skip
def test_what_is_no_line_of_a_schedule_is_refused(line: str) -> None:
    with pytest.raises(HoursSyntaxError):
        Hours.parse(line)


@given(st.text(alphabet="MonTueFri-,: 0123456789", max_size=25))
def test_any_text_is_hours_or_refused(line: str) -> None:
    with suppress(HoursSyntaxError):
        Hours.parse(line)


@given(st.sets(st.sampled_from(range(7)), min_size=1), st.integers(0, 1439), st.integers(0, 1440), st.data())
def test_hours_hold_from_their_first_minute_for_as_long_as_they_last(
    days: set[int], opens: int, closes: int, data: st.DataObject
) -> None:
    if opens == closes:
        return
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    line = f"{','.join(names[day] for day in days)} {_clock(opens)}-{_clock(closes)}"
    length = closes - opens if closes > opens else closes + 1440 - opens
    held = {(day * 1440 + opens + minute) % 10080 for day in days for minute in range(length)}
    minute = data.draw(st.integers(0, 10079))
    assert Hours.parse(line).holds(*divmod(minute, 1440)) is (minute in held)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def windowed(directory: Path, content: str | bytes, *, mode: str = "closed") -> Discovery:
    data = content.encode() if isinstance(content, str) else content
    (directory / "window").write_bytes(data)
    return Discovery(mode, (), directory=str(directory))


def test_open_is_open_and_closed_is_closed(tmp_path: Path) -> None:
    assert Discovery("open", (), directory=str(tmp_path)).is_open(now=NOW)
    assert not Discovery("closed", (), directory=str(tmp_path)).is_open(now=NOW)


def test_closed_is_closed_in_the_hours_of_a_schedule_too(tmp_path: Path) -> None:
    assert not Discovery("closed", ["Mon-Sun 00:00-24:00"], directory=str(tmp_path)).is_open(now=NOW)


@pytest.mark.parametrize("mode", ["closed", "scheduled"])
def test_a_window_opens_until_its_time(tmp_path: Path, mode: str) -> None:
    discovery = windowed(tmp_path, f"{NOW + 60:.0f}\n", mode=mode)
    assert discovery.is_open(now=NOW)
    assert discovery.is_open(now=NOW + 59.9)
    assert not discovery.is_open(now=NOW + 60)
    assert not discovery.is_open_by_itself(now=NOW)
    assert discovery.window_until(now=NOW) == NOW + 60


@pytest.mark.parametrize(
    "content",
    ["", "soon", "-1", "1e99", f"{NOW + 60:.1f}", b"\xff", "9" * 31, "9" * 5000, f"{NOW + LONGEST_WINDOW + 1:.0f}"],
)
def test_a_damaged_window_is_closed(tmp_path: Path, content: str | bytes) -> None:
    assert not windowed(tmp_path, content).is_open(now=NOW)


def test_a_window_that_cannot_be_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / "window").mkdir()
    assert not Discovery("closed", (), directory=str(tmp_path)).is_open(now=NOW)


def test_a_clock_that_was_set_back_a_year_does_not_leave_the_window_open_for_one(tmp_path: Path) -> None:
    assert not windowed(tmp_path, f"{NOW:.0f}").is_open(now=NOW - 365 * 86400)
