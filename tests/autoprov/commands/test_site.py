import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autoprov.compile_site import write_site
from autoprov.installation import initialise
from autoprov.openings import make_databases, open_queue
from autoprov.present import utc_now
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_web.pairing import is_paired
from autoprov_worker.spool import SpoolWriter
from tests.autoprov_queue.values import detected

MAC, OTHER = MacAddress("0004f2abcdef"), MacAddress("0004f2abcdee")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(initialise(tmp_path, address="192.168.7.2").settings_file)


def autoprov(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "autoprov", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "AUTOPROV_SETTINGS": str(settings.file), "COLUMNS": "200"},
        check=False,
    )


def paired(settings: Settings, mac: MacAddress) -> bool:
    return is_paired(str(settings.web_directory), mac, address="192.168.7.31", now=utc_now().timestamp())


def test_compile_says_whether_something_changed(settings: Settings) -> None:
    assert autoprov(settings, "compile").stdout.startswith("wrote ")
    assert autoprov(settings, "compile").stdout.startswith("unchanged: ")


def test_compile_says_what_is_wrong_with_the_overlay(settings: Settings) -> None:
    overlay = settings.file.parent / "overlay"
    overlay.mkdir()
    (overlay / "site.conf").write_text("reg.1.address = 200\n")
    done = autoprov(settings, "compile")
    assert done.returncode == 2
    assert "overlay/site.conf:1: reg.1.address cannot be set here" in done.stderr


def test_a_phone_is_let_in_and_let_in_no_longer(settings: Settings) -> None:
    write_site(settings, now=utc_now())
    done = autoprov(settings, "pair", "00:04:F2:AB:CD:EF", "--for", "1h")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(rf"{MAC} is let in until \d{{4}}-", done.stdout)
    assert paired(settings, MAC)
    assert autoprov(settings, "pair", str(MAC), "--end").stdout == f"{MAC} is let in no longer\n"
    assert not paired(settings, MAC)


def test_a_phone_is_let_in_by_the_id_on_its_screen(settings: Settings) -> None:
    write_site(settings, now=utc_now())
    make_databases(settings)
    with open_queue(settings) as queue:
        queue.put([detected(MAC, unique_id="KTM4PX")])
    assert autoprov(settings, "pair", "KTM4PX").returncode == 0
    assert paired(settings, MAC)


def test_all_phones_with_a_line_are_let_in_after_an_upgrade(settings: Settings) -> None:
    write_site(settings, now=utc_now())
    spool = SpoolWriter(settings.spool_directory)
    with spool.locked():
        spool.write(MAC, SpoolEntry(PhoneState.ASSIGNED))
        spool.write(OTHER, SpoolEntry(PhoneState.UNASSIGNED))
    assert autoprov(settings, "pair", "--assigned", "--for", "7d").returncode == 0
    assert (paired(settings, MAC), paired(settings, OTHER)) == (True, False)


def test_a_phone_that_is_not_known_to_have_a_line_is_let_in_with_a_note(settings: Settings) -> None:
    write_site(settings, now=utc_now())
    spool = SpoolWriter(settings.spool_directory)
    spool.write_snapshot_time(utc_now())
    with spool.locked():
        spool.write(MAC, SpoolEntry(PhoneState.ASSIGNED))
    assert "note:" not in autoprov(settings, "pair", str(MAC)).stdout
    assert "note: as far as we know it has no line yet" in autoprov(settings, "pair", str(OTHER)).stdout
    assert paired(settings, OTHER)


@pytest.mark.parametrize(("words", "code", "said"), [([], 2, "no phone is named"), (["--assigned"], 1, "no phone has")])
def test_nobody_named_is_an_error(settings: Settings, words: list[str], code: int, said: str) -> None:
    write_site(settings, now=utc_now())
    done = autoprov(settings, "pair", *words)
    assert done.returncode == code
    assert said in done.stderr


def test_before_the_first_compile_it_says_what_to_do(settings: Settings) -> None:
    done = autoprov(settings, "pair", str(MAC))
    assert done.returncode == 1
    assert "autoprov compile" in done.stderr
