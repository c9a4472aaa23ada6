from datetime import timedelta

from autoprov_worker.gate import Gate
from tests.autoprov_queue.values import NOON

SECOND = timedelta(seconds=1)


def test_a_new_gate_is_open() -> None:
    assert not Gate().is_closed(now=NOON)


def test_a_failure_closes_it_until_the_next_attempt_is_due() -> None:
    gate = Gate()
    assert gate.failed(now=NOON, jitter=0.0) == NOON + 2 * SECOND
    assert gate.is_closed(now=NOON + SECOND)
    assert not gate.is_closed(now=NOON + 2 * SECOND)


def test_each_failure_in_a_row_closes_it_for_longer() -> None:
    gate = Gate()
    gate.failed(now=NOON, jitter=0.0)
    assert gate.failed(now=NOON, jitter=0.0) == NOON + 4 * SECOND


def test_a_success_opens_it_and_forgets_the_failures() -> None:
    gate = Gate()
    gate.failed(now=NOON, jitter=0.0)
    gate.succeeded()
    assert not gate.is_closed(now=NOON)
    assert gate.failed(now=NOON, jitter=0.0) == NOON + 2 * SECOND


def test_a_denial_closes_it_for_five_minutes() -> None:
    gate = Gate()
    gate.denied(now=NOON)
    assert gate.is_closed(now=NOON + 299 * SECOND)
    assert not gate.is_closed(now=NOON + 300 * SECOND)


def test_a_clock_that_jumps_back_a_day_does_not_close_it_for_a_day() -> None:
    gate = Gate()
    gate.failed(now=NOON, jitter=0.0)
    assert not gate.is_closed(now=NOON - timedelta(days=1))
