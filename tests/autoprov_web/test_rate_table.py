import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_web.networks import Address, parse_address
from autoprov_web.rate_limit import RateLimits
from autoprov_web.rate_table import RateTable

NOW = 1_800_000_000.0
FEW = RateLimits(requests_per_minute=10, macs_per_hour=3)
MANY = RateLimits(requests_per_minute=4000, macs_per_hour=100)
CAPACITY = 4 * 1024

ROOT = Path(__file__).resolve().parent.parent.parent

HAMMER = """
import sys
from pathlib import Path
from tests.autoprov_web.test_rate_table import hammer
print(hammer(Path(sys.argv[1]), 3000))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rates"


def address(text: str) -> Address:
    parsed = parse_address(text)
    assert parsed is not None
    return parsed


PHONE = address("192.168.7.21")


def rate_table(path: Path, limits: RateLimits) -> RateTable:
    return RateTable(str(path), limits)


def ask(table: RateTable, peer: Address = PHONE, mac: int | None = None, *, now: float = NOW) -> int:
    admission = table.admit(peer, None if mac is None else MacAddress(f"{mac:012x}"), now=now)
    assert admission.trouble == ""
    return admission.retry_after


def hammer(path: Path, count: int) -> int:
    """How many of *count* requests of one moment the table let pass."""
    table = rate_table(path, MANY)
    return sum(ask(table) == 0 for _ in range(count))


def test_each_address_has_its_own_account(path: Path) -> None:
    table = rate_table(path, FEW)
    assert [ask(table) for _ in range(11)] == [*[0] * 10, 6]
    assert ask(table, address("192.168.7.22")) == 0
    assert ask(table, now=NOW + 6) == 0


def test_distinct_macs_are_counted_for_each_address(path: Path) -> None:
    table = rate_table(path, FEW)
    assert [ask(table, mac=mac) for mac in (1, 2, 1, 3, 4, 3)] == [0, 0, 0, 0, 3600, 0]
    assert ask(table, address("192.168.7.22"), mac=4) == 0


def test_an_ipv6_network_of_64_bits_is_one_address_and_ipv4_in_ipv6_is_ipv4(path: Path) -> None:
    table = rate_table(path, FEW)
    assert [ask(table, address(f"fd00::{host:x}")) for host in range(11)] == [*[0] * 10, 6]
    assert ask(table, address("fd00:0:0:1::1")) == 0
    assert [ask(table, address(text)) for text in ("10.0.0.1", "::ffff:10.0.0.1") for _ in range(5)] == [0] * 10
    assert ask(table, address("10.0.0.1")) == 6


def test_the_file_is_the_groups_and_names_neither_addresses_nor_macs(path: Path) -> None:
    umask = os.umask(0o077)
    try:
        ask(rate_table(path, FEW), mac=0x0004F2ABCDEF)
    finally:
        os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o660
    content = path.read_bytes()
    assert bytes([192, 168, 7, 21]) not in content
    assert bytes([21, 7, 168, 192]) not in content
    assert bytes.fromhex("f2abcdef") not in content


def test_a_flood_of_addresses_takes_no_more_room(path: Path) -> None:
    table = rate_table(path, FEW)
    for number in range(2 * CAPACITY):
        ask(table, (4, number))
    assert path.stat().st_size == table.file_bytes < 300_000


@pytest.mark.parametrize("macs_per_hour", [1, 50, 1000, 10_000])
def test_the_file_is_bounded_whatever_the_limits(path: Path, macs_per_hour: int) -> None:
    table = rate_table(path, RateLimits(requests_per_minute=1, macs_per_hour=macs_per_hour))
    assert ask(table, mac=1) == 0
    assert path.stat().st_size == table.file_bytes <= (32 << 20) + 64


def test_in_a_flood_the_address_that_was_idle_longest_makes_room(path: Path) -> None:
    table = rate_table(path, FEW)
    for second in range(60):
        ask(table, now=NOW + second)  # asks all the time: it has nothing left
        for number in range(CAPACITY // 20):
            ask(table, (4, second << 16 | number), now=NOW + second + 0.5)
    assert ask(table, now=NOW + 59) > 0


def test_with_other_limits_it_begins_anew_and_nothing_is_wrong(path: Path) -> None:
    assert ask(rate_table(path, FEW)) == 0
    assert ask(rate_table(path, RateLimits(requests_per_minute=1, macs_per_hour=9))) == 0
    assert ask(rate_table(path, FEW)) == 0


def test_where_it_begins_anew_nothing_of_before_is_left(path: Path) -> None:
    table = rate_table(path, FEW)
    for number in range(100):
        ask(table, (4, number))
    ask(rate_table(path, RateLimits(requests_per_minute=1, macs_per_hour=9)))
    ask(rate_table(path, FEW))
    accounts = path.read_bytes()[64:]
    assert len(accounts.rstrip(b"\0").lstrip(b"\0")) <= FEW.account_bytes


def test_nobody_can_tell_beforehand_whose_place_an_address_takes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        ask(rate_table(tmp_path / name, FEW), mac=1)
    one, other = ((tmp_path / name).read_bytes()[64:] for name in ("one", "other"))
    assert one != other


def test_an_account_survives_the_process_that_kept_it(path: Path) -> None:
    assert [ask(rate_table(path, FEW)) for _ in range(11)][-1] == 6


def test_a_clock_that_was_set_back_a_year_locks_nobody_out(path: Path) -> None:
    table, year = rate_table(path, FEW), 365 * 86400
    for mac in (1, 2, 3):
        ask(table, mac=mac)
    assert ask(table, mac=4) > 0
    assert ask(table, mac=4, now=NOW - year) == 0
    assert [ask(table, now=NOW - year) for _ in range(10)][-1] == 6


def python(program: str, path: Path, *, count: int = 1) -> "list[subprocess.Popen[str]]":
    return [
        subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]


def test_processes_and_threads_at_once_lose_nothing(path: Path) -> None:
    processes = python(HAMMER, path, count=2)
    with ThreadPoolExecutor(2) as threads:
        passed = sum(threads.map(hammer, [path, path], [1000, 1000]))
    passed += sum(int(process.communicate(timeout=60)[0]) for process in processes)
    assert passed == MANY.requests_per_minute


SHARED_MACS = """
import sys
from pathlib import Path
from tests.autoprov_web.test_rate_table import ask_for_macs
print(ask_for_macs(Path(sys.argv[1])))
"""


def ask_for_macs(path: Path) -> int:
    """How many of 300 requests, each for one of 30 MACs, passed."""
    table = rate_table(path, RateLimits(requests_per_minute=100_000, macs_per_hour=30))
    return sum(ask(table, mac=number % 30) == 0 for number in range(300))


def test_processes_that_ask_for_the_same_macs_share_them(path: Path) -> None:
    assert [process.communicate(timeout=60)[0] for process in python(SHARED_MACS, path, count=2)] == ["300\n"] * 2
