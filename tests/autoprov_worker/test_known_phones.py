import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_worker.known_phones import KnownPhonesSettings, NotVouched, read_known_phones
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC
from tests.peers.sipxecs_tftproot import SipxecsLine, write_profile

LINE = SipxecsLine("201", "secret", ("127.0.0.1", 5060))
DAY = timedelta(days=1)


def written(file: Path, text: str, *, age: timedelta = timedelta(0)) -> KnownPhonesSettings:
    file.write_text(text, encoding="utf-8")
    written_at = (NOON - age).timestamp()
    os.utime(file, (written_at, written_at))
    return KnownPhonesSettings(None, file, DAY)


def known(settings: KnownPhonesSettings) -> set[MacAddress]:
    return set(read_known_phones(settings, now=NOON))


def test_a_phone_with_a_master_file_in_the_tftproot_is_known(tmp_path: Path) -> None:
    write_profile(tmp_path, str(MAC), LINE)
    (tmp_path / f"{OTHER_MAC.hex.upper()}.CFG").touch()
    for name in ("000000000000.cfg", "0004f2999999-sipx-applications.cfg", "polycom_sip.cfg", "0004f2888888.xml"):
        (tmp_path / name).touch()
    assert known(KnownPhonesSettings(tmp_path, None, DAY)) == {MAC, OTHER_MAC}


def test_a_tftproot_that_is_empty_or_not_there_vouches_for_nobody(tmp_path: Path) -> None:
    (tmp_path / "000000000000.cfg").touch()
    for directory in (tmp_path, tmp_path / "nowhere", tmp_path / "000000000000.cfg"):
        with pytest.raises(NotVouched, match=str(directory)):
            known(KnownPhonesSettings(directory, None, DAY))


def test_a_list_names_phones_in_any_spelling(tmp_path: Path) -> None:
    text = "\ufeffName,Serial Number\r\nAda,00:04:F2:AB:CD:EF\r\n\r\nBob,64-16-7f-00-00-01\r\n"
    assert known(written(tmp_path / "known.csv", text)) == {MAC, OTHER_MAC}
    assert known(written(tmp_path / "known.csv", f"serial_number\n{MAC}\n")) == {MAC}


def test_a_phone_that_the_list_says_has_no_line_is_not_protected(tmp_path: Path) -> None:
    assert known(written(tmp_path / "known.csv", f"mac,lines\n{MAC},201\n{OTHER_MAC},\n")) == {MAC}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no column mac"),
        (f"{MAC}\n", "names no column mac"),
        ("mac\n", "names no phone"),
        (f"mac,lines\n{MAC},\n", "no phone with a line"),
        (f"mac\n{MAC}\n0004f2abcde\n", "row 3"),
        (f"mac,lines\n{MAC},201\n{OTHER_MAC}\n", "row 3 has 1 fields"),
        (f'mac,name\n{MAC},"Ada\n', "is not CSV"),
    ],
)
def test_a_list_with_anything_odd_in_it_vouches_for_nobody(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(NotVouched, match=words):
        known(written(tmp_path / "known.csv", text))


def test_a_list_that_is_too_old_or_from_the_future_or_gone_vouches_for_nobody(tmp_path: Path) -> None:
    text = f"mac\n{MAC}\n"
    assert known(written(tmp_path / "known.csv", text, age=DAY)) == {MAC}
    assert known(written(tmp_path / "known.csv", text, age=-timedelta(seconds=50))) == {MAC}
    with pytest.raises(NotVouched, match="25 hours ago"):
        known(written(tmp_path / "known.csv", text, age=DAY + timedelta(hours=1)))
    with pytest.raises(NotVouched, match="future"):
        known(written(tmp_path / "known.csv", text, age=-timedelta(hours=1)))
    (tmp_path / "known.csv").write_bytes(b"mac\n\xff\n")
    with pytest.raises(NotVouched, match="UTF-8"):
        known(KnownPhonesSettings(None, tmp_path / "known.csv", timedelta(days=36500)))
    with pytest.raises(NotVouched, match="No such file"):
        known(KnownPhonesSettings(None, tmp_path / "nowhere.csv", DAY))


def test_of_two_sources_both_have_to_be_in_order(tmp_path: Path) -> None:
    root = tmp_path / "tftproot"
    root.mkdir()
    write_profile(root, str(OTHER_MAC), LINE)
    both = replace(written(tmp_path / "known.csv", f"mac\n{MAC}\n"), tftproot=root)
    assert known(both) == {MAC, OTHER_MAC}
    with pytest.raises(NotVouched):
        known(replace(both, phone_list=tmp_path / "nowhere.csv"))
