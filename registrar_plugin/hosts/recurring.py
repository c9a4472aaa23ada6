"""When trouble that goes on is worth a line in the log: at its beginning, then less and less often, and at its end."""

from datetime import datetime, timedelta
from enum import Enum, auto

_LONGEST = 360
_QUIET = 6
"""In first pauses: an hour and a minute, where the first pause is ten seconds."""


class Moment(Enum):
    """What to tell now."""

    TROUBLE = auto()
    OVER = auto()


class RecurringTrouble:
    """One kind of trouble, by how often it happened. The pause from line to line is *first_pause*, and doubles."""

    def __init__(self, *, first_pause: timedelta) -> None:
        self._first_pause = self._pause = first_pause
        self._is_on = False
        self._count = self._told = 0
        self._counted_at: datetime | None = None
        self._tell_at: datetime | None = None

    def look(self, count: int, *, now: datetime, is_last: bool = False) -> Moment | None:
        """What to tell, now that it has happened *count* times; where *is_last*, nothing is kept for later."""
        if count > self._count:
            self._count, self._counted_at = count, now
        if not self._is_on and count > self._told:
            self._is_on, self._pause = True, self._first_pause
            return self._tell(now)
        if not self._is_on:
            return None
        if count > self._told and (is_last or self._tell_at is None or now >= self._tell_at or self._is_quiet(now)):
            self._pause = min(2 * self._pause, _LONGEST * self._first_pause)
            return self._tell(now)
        if self._is_quiet(now):
            self._is_on = False
            return Moment.OVER
        return None

    def _tell(self, now: datetime) -> Moment:
        self._told, self._tell_at = self._count, now + self._pause
        return Moment.TROUBLE

    def _is_quiet(self, now: datetime) -> bool:
        return self._counted_at is not None and now - self._counted_at >= _QUIET * self._first_pause
