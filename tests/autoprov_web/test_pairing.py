import os
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_web.pairing import hold_pairing, is_paired, pair, paired_macs, unpair

MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("0004f2abcdee")
NOW = 1_772_366_400.0
PHONE, STRANGER = "192.168.7.31", "192.168.7.32"


def test_a_paired_phone_is_let_in_until_then(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    assert is_paired(str(tmp_path), MAC, address=PHONE, now=NOW)
    assert not is_paired(str(tmp_path), MAC, address=PHONE, now=NOW + 60)
    assert not is_paired(str(tmp_path), OTHER, address=PHONE, now=NOW)


def test_a_phone_is_let_in_no_longer(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    assert unpair(str(tmp_path), MAC)
    assert not is_paired(str(tmp_path), MAC, address=PHONE, now=NOW)
    assert not unpair(str(tmp_path), MAC)


@pytest.mark.parametrize("damage", [b"", b"for ever", b"-1", b"9" * 40, b"\xff"])
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / f"{MAC}.pair").write_bytes(damage)
    assert not is_paired(str(tmp_path), MAC, address=PHONE, now=NOW)


def test_a_missing_directory_lets_nobody_in(tmp_path: Path) -> None:
    assert not is_paired(str(tmp_path / "nowhere"), MAC, address=PHONE, now=NOW)


def test_those_who_are_let_in_are_listed(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    pair(str(tmp_path), OTHER, until=NOW - 1)
    (tmp_path / "rates").write_bytes(b"")
    (tmp_path / "nonsense.pair").write_bytes(b"9999999999")
    assert paired_macs(str(tmp_path), now=NOW) == [MAC]
    assert paired_macs(str(tmp_path / "nowhere"), now=NOW) == []


def test_the_web_servers_group_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        pair(str(tmp_path), MAC, until=NOW + 60)
    finally:
        os.umask(umask)
    assert (tmp_path / f"{MAC}.pair").stat().st_mode & 0o777 == 0o640


def test_a_link_in_its_place_leads_to_no_other_file(tmp_path: Path) -> None:
    other = tmp_path / "installation-key"
    other.write_text("key")
    (tmp_path / f"{MAC}.pair.new").symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        pair(str(tmp_path), MAC, until=NOW + 60)
    assert other.read_text() == "key"


def test_who_reads_while_the_time_is_changed_sees_the_old_or_the_new_one(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=99_999_999_999)
    with (tmp_path / f"{MAC}.pair").open("rb") as opened:
        pair(str(tmp_path), MAC, until=NOW + 60)
        assert opened.read() == b"99999999999\n"
    assert not is_paired(str(tmp_path), MAC, address=PHONE, now=NOW + 60)


def test_who_was_given_a_file_is_let_in_alone(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    assert hold_pairing(str(tmp_path), MAC, address=PHONE)
    assert hold_pairing(str(tmp_path), MAC, address=PHONE)
    assert not hold_pairing(str(tmp_path), MAC, address=STRANGER)
    assert is_paired(str(tmp_path), MAC, address=PHONE, now=NOW)
    assert not is_paired(str(tmp_path), MAC, address=STRANGER, now=NOW)
    assert paired_macs(str(tmp_path), now=NOW) == [MAC]


@pytest.mark.parametrize("is_let_in_before", [True, False])
def test_paired_again_it_is_anybodys_who_comes_first(tmp_path: Path, is_let_in_before: bool) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    assert hold_pairing(str(tmp_path), MAC, address=PHONE)
    if not is_let_in_before:
        unpair(str(tmp_path), MAC)
    pair(str(tmp_path), MAC, until=NOW + 60)
    assert hold_pairing(str(tmp_path), MAC, address=STRANGER)


def test_a_holder_that_cannot_be_read_lets_nobody_in(tmp_path: Path) -> None:
    pair(str(tmp_path), MAC, until=NOW + 60)
    (tmp_path / f"{MAC}.pair-holder").mkdir()
    assert not is_paired(str(tmp_path), MAC, address=PHONE, now=NOW)
