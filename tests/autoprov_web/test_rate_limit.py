from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_web.rate_limit import (
    CLOCK_SKEW,
    MAC_WINDOW,
    Account,
    AccountSyntaxError,
    RateLimits,
    owner_and_age,
)

START = 1_800_000_000.0
LIMITS = RateLimits(requests_per_minute=60, macs_per_hour=3)


def fresh(limits: RateLimits = LIMITS) -> Account:
    return Account(7, updated_at=START, requests=limits.requests_per_minute)


def take(account: Account, mac: int | None = None, *, now: float = START, limits: RateLimits = LIMITS) -> int:
    retry_after = account.take_request(now=now, limits=limits)
    if retry_after or mac is None:
        return retry_after
    return account.take_mac(mac, now=now, limits=limits)


def test_a_minutes_requests_may_come_at_once_and_the_next_is_told_when() -> None:
    account = fresh()
    assert [take(account) for _ in range(60)] == [0] * 60
    assert take(account) == 1
    assert take(account, now=START + 1) == 0
    assert take(account, now=START + 1) == 1


def test_who_was_silent_for_a_day_may_ask_no_more_at_once_than_a_minutes_requests() -> None:
    account = fresh()
    assert [take(account, now=START + 86_400) for _ in range(61)] == [0] * 60 + [1]


def test_who_asks_again_after_retry_after_is_let_in() -> None:
    rare = RateLimits(requests_per_minute=1, macs_per_hour=1)
    account = fresh(rare)
    assert take(account, now=START, limits=rare) == 0
    wait = take(account, now=START + 10, limits=rare)
    assert wait == 50
    assert take(account, now=START + 10 + wait, limits=rare) == 0


def test_a_mac_that_is_asked_for_again_does_not_count_again() -> None:
    account = fresh()
    assert [take(account, mac) for mac in (1, 2, 3, 1, 2, 3)] == [0] * 6
    assert take(account, 4) == MAC_WINDOW
    assert take(account, 1, now=START + 1) == 0
    assert take(account, now=START + 1) == 0


def test_a_mac_leaves_the_window_an_hour_after_it_was_last_asked_for() -> None:
    account = fresh()
    for second, mac in enumerate((1, 2, 3)):
        take(account, mac, now=START + second)
    take(account, 1, now=START + 100)
    assert take(account, 4, now=START + 100) == MAC_WINDOW - 99
    assert take(account, 4, now=START + 1 + MAC_WINDOW) == 0
    assert account.macs == [3, 1, 4]


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.4, 1.0, 300.0, 3599.0, 3601.0]), st.integers(1, 6)), max_size=40))
def test_no_hour_ever_sees_more_macs_than_the_limit(steps: list[tuple[float, int]]) -> None:
    account, now, served = fresh(), START, list[tuple[float, int]]()
    for step, mac in steps:
        now += step
        if take(account, mac, now=now) == 0:
            served.append((now, mac))
    for end, _ in served:
        assert len({mac for at, mac in served if end - MAC_WINDOW + 1 < at <= end}) <= LIMITS.macs_per_hour


@given(st.lists(st.floats(-1e8, 1e8), max_size=30))
def test_however_the_clock_jumps_nobody_waits_longer_than_an_hour(jumps: list[float]) -> None:
    account, now = fresh(), START
    for mac, jump in enumerate(jumps):
        now = max(1.0, now + jump)
        assert take(account, mac, now=now) <= MAC_WINDOW
    assert take(account, 99, now=now + MAC_WINDOW) == 0


def test_a_clock_that_was_set_back_leaves_what_was_left() -> None:
    account = fresh()
    for _ in range(60):
        take(account)
    assert take(account, now=START - 50) == 1
    assert take(account, now=START - 49) == 0


@given(
    st.integers(1, 2**64 - 1),
    st.floats(0, 1e11),
    st.floats(0, 1e6),
    st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=20),
    st.binary(max_size=20),
)
def test_an_account_is_read_as_it_was_written(
    owner: int, updated_at: float, requests: float, asked: list[tuple[int, int]], behind: bytes
) -> None:
    macs, asked_at = [mac for mac, _ in asked], [at for _, at in asked]
    account = Account(owner, updated_at=updated_at, requests=requests, macs=macs, asked_at=asked_at)
    read = Account.from_bytes(account.to_bytes() + behind)
    assert (read.owner, read.updated_at, read.requests) == (owner, updated_at, requests)
    assert (read.macs, read.asked_at) == (macs, asked_at)
    assert len(account.to_bytes()) <= RateLimits(requests_per_minute=1, macs_per_hour=len(macs)).account_bytes


@given(st.binary(max_size=200))
def test_any_bytes_are_an_account_or_refused(data: bytes) -> None:
    with suppress(AccountSyntaxError):
        Account.from_bytes(data)


@given(st.integers(0), st.integers(0, 255))
def test_one_changed_byte_is_noticed(position: int, value: int) -> None:
    data = bytearray(Account(7, updated_at=START, requests=5, macs=[1, 2], asked_at=[3, 4]).to_bytes())
    place = position % len(data)
    changed = data[place] != value
    data[place] = value
    if changed:
        with pytest.raises(AccountSyntaxError):
            Account.from_bytes(bytes(data))


@pytest.mark.parametrize(
    ("updated_at", "seen"),
    [
        (START - 5, (7, 5.0)),
        (START + CLOCK_SKEW, (7, -CLOCK_SKEW)),
        (START + CLOCK_SKEW + 1, (0, 0.0)),
        (float("nan"), (0, 0.0)),
        (float("inf"), (0, 0.0)),
    ],
)
def test_an_account_that_a_wrong_clock_kept_is_nobodys(updated_at: float, seen: tuple[int, float]) -> None:
    data = Account(7, updated_at=updated_at, requests=1).to_bytes()
    assert owner_and_age(data, 0, now=START) == seen
    assert owner_and_age(bytes(len(data)), 0, now=START) == (0, 0.0)
