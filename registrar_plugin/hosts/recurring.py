"""When trouble that goes on is worth a line in the log: at its beginning, then less and less often, and at its end."""

from datetime import timedelta
from enum import Enum, auto

_LONGEST = 360
_QUIET = 6
"""In first pauses: an hour and a minute, where the first pause is ten seconds."""


class Moment(Enum):
    """What to tell now."""

    TROUBLE = auto()
    OVER = auto()


class RecurringTrouble:
    """One kind of trouble, by how often it happened. The pause from line to line is *first_pause*, and doubles.

    It is over after a quiet while, in which what it was about went well: that nothing comes at all mends nothing.
    """

    def __init__(self, *, first_pause: timedelta) -> None:
        self._first_pause = self._pause = first_pause
        self._is_on = False
        self._count = self._told = self._went_well = 0
        self._counted_at = self._tell_at = timedelta(0)

    def look(self, count: int, *, went_well: int, now: timedelta, is_last: bool = False) -> Moment | None:
        """What to tell, now that it has happened *count* times; where *is_last*, nothing is kept for later.

        *went_well* counts when it did not happen; *now* is by a clock that nobody sets.
        """
        if count > self._count:
            self._count, self._counted_at, self._went_well = count, now, went_well
        if not self._is_on and count > self._told:
            self._is_on, self._pause = True, self._first_pause
            return self._tell(now)
        if not self._is_on:
            return None
        is_over = went_well > self._went_well and now - self._counted_at >= _QUIET * self._first_pause
        if count > self._told and (is_last or now >= self._tell_at or is_over):
            self._pause = min(2 * self._pause, _LONGEST * self._first_pause)
            return self._tell(now)
        if is_over:
            self._is_on = False
            return Moment.OVER
        return None

    def _tell(self, now: timedelta) -> Moment:
        self._told, self._tell_at = self._count, now + self._pause
        return Moment.TROUBLE
