import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_web.networks import Address
from autoprov_web.rate_leases import LEASE_SECONDS, MOST_AHEAD, RateLeases
from autoprov_web.rate_limit import RateLimits
from autoprov_web.rate_table import TOO_MANY_PHONES, TOO_MANY_REQUESTS, RateTable
from tests.autoprov_web.test_rate_table import NOW, PHONE, ROOT, address

LIMITS = RateLimits(requests_per_minute=600, macs_per_hour=3)
AHEAD = 10
"""What a process takes of 600 in a minute: a second's share."""
MANY = RateLimits(requests_per_minute=4000, macs_per_hour=3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rates"


def table(path: Path, limits: RateLimits = LIMITS) -> RateTable:
    return RateTable(str(path), limits)


def passed(
    rates: RateTable | RateLeases, count: int, *, of: Address = PHONE, mac: int | None = None, now: float = NOW
) -> int:
    """How many of so many requests of one moment pass."""
    asked = None if mac is None else MacAddress(f"{mac:012x}")
    return [rates.admit(of, asked, now=now).retry_after for _ in range(count)].count(0)


def test_one_process_lets_as_much_pass_as_without_leases(path: Path) -> None:
    assert passed(RateLeases(table(path)), 1000, mac=1) == LIMITS.requests_per_minute


def test_what_a_process_has_ahead_is_counted_for_all_others(path: Path) -> None:
    assert passed(RateLeases(table(path)), 1) == 1
    assert passed(table(path), 1000) == LIMITS.requests_per_minute - 1 - AHEAD


def test_a_lease_does_not_ask_the_file(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1, mac=1) == 1
    path.unlink()
    assert passed(leases, AHEAD, mac=1) == AHEAD
    assert not path.exists()
    assert passed(leases, 1, mac=1) == 1
    assert path.exists()


def test_what_is_left_of_a_lease_comes_back_with_the_next_request(path: Path) -> None:
    leases = RateLeases(table(path))
    for mac in (1, 2, 3):  # each begins a new lease, for the file counts MACs
        assert passed(leases, 1, mac=mac) == 1
    assert passed(leases, 1000, mac=3) == LIMITS.requests_per_minute - 3


def test_a_lease_ends_after_seconds(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1, mac=1) == 1
    path.unlink()
    assert passed(leases, 1, mac=1, now=NOW + LEASE_SECONDS - 0.1) == 1
    assert not path.exists()
    assert passed(leases, 1, mac=1, now=NOW + LEASE_SECONDS) == 1
    assert path.exists()


def test_a_lease_of_a_clock_that_was_set_back_is_not_used(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1) == 1
    path.unlink()
    assert passed(leases, 1, now=NOW - 86_400) == 1
    assert path.exists()


def test_macs_are_counted_as_without_leases(path: Path) -> None:
    leases = RateLeases(table(path))
    assert [passed(leases, 1, mac=mac) for mac in (1, 2, 1, 3, 4, 3, 4)] == [1, 1, 1, 1, 0, 1, 0]
    assert leases.admit(PHONE, MacAddress("000000000004"), now=NOW).reason == TOO_MANY_PHONES


def test_a_lease_for_one_mac_serves_requests_that_name_none(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1, mac=1) == 1
    path.unlink()
    assert passed(leases, 1) == 1
    assert not path.exists()


def test_another_address_has_a_lease_of_its_own_and_an_ipv6_network_one(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1000) == passed(leases, 1000, of=(4, 1)) == LIMITS.requests_per_minute
    assert passed(leases, 1000, of=address("fd00::1")) == LIMITS.requests_per_minute
    assert leases.admit(address("fd00::2"), None, now=NOW).reason == TOO_MANY_REQUESTS


def test_the_phones_of_an_ipv6_network_share_a_lease(path: Path) -> None:
    leases = RateLeases(table(path))
    assert passed(leases, 1, of=address("fd00::1")) == 1
    path.unlink()
    assert passed(leases, 1, of=address("fd00::2")) == 1
    assert not path.exists()


def test_with_a_low_limit_nothing_is_taken_ahead(path: Path) -> None:
    limits = RateLimits(requests_per_minute=20, macs_per_hour=3)
    assert passed(RateLeases(table(path, limits)), 1) == 1
    assert passed(table(path, limits), 100) == 19


def test_a_file_that_cannot_be_used_is_told_each_time(tmp_path: Path) -> None:
    leases = RateLeases(table(tmp_path / "nowhere" / "rates"))
    assert all(leases.admit(PHONE, None, now=NOW).trouble for _ in range(3))


def test_a_flood_of_addresses_is_not_remembered_for_ever(path: Path) -> None:
    leases = RateLeases(table(path))
    for number in range(2 * 4096 + 1):
        assert leases.admit((4, number), None, now=NOW).retry_after == 0
    assert len(leases._leases) <= 4096  # pyright: ignore[reportPrivateUsage] - its size is what this is about


HAMMER = """
import sys
from pathlib import Path
from tests.autoprov_web.test_rate_leases import hammer
print(hammer(Path(sys.argv[1])))
"""


def hammer(path: Path) -> int:
    """How many of 3,000 requests of one moment, by two threads, pass."""
    leases = RateLeases(table(path, MANY))
    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(passed, [leases, leases], [1500, 1500]))


def test_processes_and_threads_at_once_let_no_more_pass_than_the_limit_and_not_much_less(path: Path) -> None:
    command = [sys.executable, "-c", HAMMER, str(path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    all_passed = hammer(path) + sum(int(process.communicate(timeout=60)[0]) for process in processes)
    still_ahead = len(processes) * 2 * (MOST_AHEAD + 1)
    assert MANY.requests_per_minute - still_ahead <= all_passed <= MANY.requests_per_minute
