"""A rate table whose file is damaged, or cannot be used: phones are served, and it is said."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.autoprov_web.test_rate_table import FEW, NOW, PHONE, ask, python, rate_table


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rates"


def change_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"?")


def change_key(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(25)
        file.write(b"????")


def cut_off_the_last_byte(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def cut_off_all_but_ten_bytes(path: Path) -> None:
    os.truncate(path, 10)


def change_an_account(path: Path) -> None:
    content = bytearray(path.read_bytes())
    checksum = next(position for position in range(64, len(content)) if content[position])
    content[checksum] ^= 1
    path.write_bytes(content)


def write_noise(path: Path) -> None:
    path.write_bytes(Random(1).randbytes(path.stat().st_size))


@pytest.mark.parametrize(
    "damage",
    [change_header, change_key, cut_off_the_last_byte, cut_off_all_but_ten_bytes, change_an_account, write_noise],
)
def test_a_damaged_file_heals_and_says_so_once(path: Path, damage: Callable[[Path], None]) -> None:
    table = rate_table(path, FEW)
    ask(table)
    damage(path)
    healed = table.admit(PHONE, None, now=NOW)
    assert healed.retry_after == 0
    assert str(path) in healed.trouble
    assert [ask(table) for _ in range(10)][-1] == 6


def make_directory(path: Path) -> None:
    path.mkdir()


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def remove_parent(path: Path) -> None:
    path.parent.rmdir()


@pytest.mark.parametrize("spoil", [make_directory, make_fifo, make_link, remove_parent])
def test_phones_are_served_where_the_file_cannot_be_used_and_it_is_said(
    path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(path)
    admissions = [rate_table(path, FEW).admit(PHONE, None, now=NOW) for _ in range(20)]
    assert {admission.retry_after for admission in admissions} == {0}
    assert all(str(path) in admission.trouble for admission in admissions)


FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.autoprov_web.test_rate_table import FEW, NOW, PHONE, rate_table
resource.setrlimit(resource.RLIMIT_FSIZE, (32, 32))
table = rate_table(Path(sys.argv[1]), FEW)
print({table.admit(PHONE, None, now=NOW).retry_after for _ in range(20)})
print(table.admit(PHONE, None, now=NOW).trouble)
"""


def test_phones_are_served_while_no_file_can_grow(path: Path) -> None:
    served, trouble = python(FULL_DISK, path)[0].communicate(timeout=60)[0].splitlines()
    assert served == "{0}"
    assert trouble == f"{path}: File too large"
    assert ask(rate_table(path, FEW)) == 0


def test_a_process_that_stops_with_the_lock_in_its_hand_stops_no_phone(path: Path) -> None:
    ask(rate_table(path, FEW))
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        admission = rate_table(path, FEW).admit(PHONE, None, now=NOW)
    assert admission.retry_after == 0
    assert "locked by a process that does not move" in admission.trouble
    assert ask(rate_table(path, FEW)) == 0
