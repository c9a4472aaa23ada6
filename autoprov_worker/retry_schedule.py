"""When to try again what did not work. Pure."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
_DOUBLINGS = 12
"""Enough to reach the longest wait; beyond it the number would only grow."""


def next_attempt(attempts: int, *, now: datetime, jitter: float) -> datetime:
    """After *attempts* failures in a row: 2 s, 4 s, 8 s ... 5 min, less up to a quarter.

    *jitter* is from 0 up to 1: many workers that lost one config system at once do not come back at once.
    """
    wait = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, _DOUBLINGS)), LONGEST_WAIT)
    return now + wait * (1 - jitter / 4)


def next_attempt_after_denial(*, now: datetime) -> datetime:
    """Wrong credentials stay wrong until a person comes; trying often could lock the account."""
    return now + LONGEST_WAIT
