"""When un-provisioned phones are told how to register: always, by a weekly schedule, or while a window is open. Edge.

Outside of the schedule's hours, and with ``closed``, a window opens it: one small file with the Unix second in which it
closes, which ``autoprov window`` writes.
"""

from __future__ import annotations

import time

from autoprov_web.spool_reader import read_small_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN = "open"
SCHEDULED = "scheduled"
CLOSED = "closed"
WINDOW_FILE_NAME = "window"
LONGEST_WINDOW = 7 * 86400
"""Seconds. A window that seems longer is damage, or the clock was set back: it is closed."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_MINUTES = 24 * 60


class HoursSyntaxError(ValueError):
    """The text is no line of a schedule."""


class Hours:
    """A line of the schedule: *days* (Monday is 0) and minutes of the local day, after midnight counted on."""

    __slots__ = ("closes", "days", "opens")

    def __init__(self, days: frozenset[int], opens: int, closes: int) -> None:
        self.days = days
        self.opens = opens
        self.closes = closes

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read ``Mon-Fri 08:00-18:00`` or ``Sat,Sun 22:00-06:00``, whose hours after midnight are of the day before.

        Raises:
            HoursSyntaxError: the only exception, whatever *text* holds.
        """
        days, _, times = text.partition(" ")
        first, _, last = times.partition("-")
        opens, closes = _minutes(first), _minutes(last)
        if opens is None or closes is None or opens in (closes, _DAY_MINUTES):
            raise HoursSyntaxError(f"{text[:80]!r} is not like 'Mon-Fri 08:00-18:00'")
        return cls(_days(days), opens, closes if closes > opens else closes + _DAY_MINUTES)

    def holds(self, day: int, minute: int) -> bool:
        """Whether that minute of that day of the week is within."""
        if day in self.days and self.opens <= minute < self.closes:
            return True
        return (day - 1) % 7 in self.days and minute + _DAY_MINUTES < self.closes


class Discovery:
    """*mode* is ``open``, ``scheduled`` or ``closed``; the schedule is by this machine's local time."""

    __slots__ = ("_hours", "_mode", "_window_file")

    def __init__(self, mode: str, schedule: Iterable[str], *, directory: str) -> None:
        self._mode = mode
        self._hours = tuple(Hours.parse(line) for line in schedule)
        self._window_file = f"{directory}/{WINDOW_FILE_NAME}"

    def is_open(self, *, now: float) -> bool:
        """Whether new phones are told how to register at *now*, in Unix seconds."""
        return self.is_open_by_itself(now=now) or self.window_until(now=now) is not None

    def is_open_by_itself(self, *, now: float) -> bool:
        """The same without a window."""
        if self._mode != SCHEDULED:
            return self._mode == OPEN
        local = time.localtime(now)
        return any(hours.holds(local.tm_wday, local.tm_hour * 60 + local.tm_min) for hours in self._hours)

    def window_until(self, *, now: float) -> int | None:
        """The Unix second in which the window closes; None where none is open. A damaged file opens nothing."""
        try:
            text, _ = read_small_file(self._window_file, 32)
        except OSError:
            return None
        digits = text.strip()
        if not digits.isdigit() or not now < int(digits) <= now + LONGEST_WINDOW:
            return None
        return int(digits)


def _days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            raise HoursSyntaxError(f"{part[:80]!r} is no day and no days such as Mon or Mon-Fri")
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        days.update(day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
    return frozenset(days)


def _minutes(text: str) -> int | None:
    """Those since midnight: ``00:00`` to ``24:00``."""
    digits = text[:2] + text[3:]
    if len(text) != 5 or text[2] != ":" or not digits.isascii() or not digits.isdigit():
        return None
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return minutes if int(digits[2:]) < 60 and minutes <= _DAY_MINUTES else None
