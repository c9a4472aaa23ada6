from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from autoprov_worker.retry_schedule import FIRST_WAIT, LONGEST_WAIT, next_attempt, next_attempt_after_denial
from tests.autoprov_queue.values import NOON


def test_waits_double_from_two_seconds_to_five_minutes() -> None:
    waits = [(next_attempt(attempts, now=NOON, jitter=0.0) - NOON).total_seconds() for attempts in range(1, 11)]
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_jitter_brings_the_attempt_forward_by_a_quarter_at_most() -> None:
    assert next_attempt(3, now=NOON, jitter=1.0) == NOON + timedelta(seconds=6)


@given(attempts=st.integers(0, 10**9), jitter=st.floats(0, 1))
def test_no_number_of_attempts_leaves_the_bounds(attempts: int, jitter: float) -> None:
    wait = next_attempt(attempts, now=NOON, jitter=jitter) - NOON
    assert FIRST_WAIT * 0.75 <= wait <= LONGEST_WAIT


def test_after_a_denial_the_next_attempt_is_in_five_minutes() -> None:
    assert next_attempt_after_denial(now=NOON) == NOON + timedelta(minutes=5)
