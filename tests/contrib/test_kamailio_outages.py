"""A real Kamailio while ``autoprov hep`` is absent, stuck or dead: registrations go on."""

import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autoprov.demo.site import free_ports
from autoprov.installation import initialise
from autoprov.openings import open_queue
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import issue_phone_tag
from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_registrar import kamailio_registrar, mirrors_to
from tests.peers.sipp import register_phones
from tests.registrar_plugin.hosts.site import LOOPBACK
from tests.registrar_plugin.registrations import eventually

USER = "~~id~autoprovision"
PASSWORD = "s3cret"
PHONES = 300
"""More datagrams than a stuck reader's buffer holds."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = initialise(tmp_path, address=LOOPBACK).settings_file
    (port,) = free_ports(1)
    file.write_text(file.read_text("utf-8") + f'\n[hep]\nlisten = "{LOOPBACK}:{port}"\n', "utf-8")
    return load_settings(file)


@pytest.fixture
def pbx(settings: Settings) -> Generator[Kamailio]:
    assert settings.hep
    with kamailio_registrar({USER: PASSWORD}, defines=mirrors_to(settings.hep.listen), workers=2) as pbx:
        yield pbx


@contextmanager
def hep_process(settings: Settings) -> Generator[subprocess.Popen[str]]:
    """``autoprov hep``, which listens."""
    command = [sys.executable, "-m", "autoprov", "hep", "--settings", str(settings.file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "hep runs\n"
            yield process
        finally:
            process.kill()


def register(settings: Settings, pbx: Kamailio, folder: Path, *, numbers: range) -> str:
    """What SIPp complains of when these phones register."""
    key = settings.secrets.installation_key
    tags = [issue_phone_tag(MacAddress(f"0004f2{number:06x}"), key=key, length=6) for number in numbers]
    return register_phones(
        {str(tag): PASSWORD for tag in tags}, registrar=pbx.address, user=USER, folder=folder, rate=300
    )


def queued(settings: Settings, *, numbers: range) -> int:
    """How many of these phones reached the queue."""
    with open_queue(settings) as queue:
        return sum(queue.find(MacAddress(f"0004f2{number:06x}")) is not None for number in numbers)


def test_with_nobody_listening_phones_register(settings: Settings, pbx: Kamailio, tmp_path: Path) -> None:
    assert register(settings, pbx, tmp_path, numbers=range(PHONES)) == ""
    assert len(pbx.contacts(USER)) == 1


def test_with_a_stuck_listener_phones_register_and_it_catches_up_with_what_its_buffer_held(
    settings: Settings, pbx: Kamailio, tmp_path: Path
) -> None:
    with hep_process(settings) as process:
        process.send_signal(signal.SIGSTOP)
        assert register(settings, pbx, tmp_path, numbers=range(PHONES)) == ""
        process.send_signal(signal.SIGCONT)
        assert eventually(lambda: queued(settings, numbers=range(PHONES)) > PHONES / 10)
        later = range(PHONES, PHONES + 10)
        assert register(settings, pbx, tmp_path, numbers=later) == ""
        assert eventually(lambda: queued(settings, numbers=later) == 10)


def test_when_the_listener_is_killed_phones_register_and_the_next_one_hears_them(
    settings: Settings, pbx: Kamailio, tmp_path: Path
) -> None:
    with hep_process(settings) as process:
        process.kill()
        process.wait()
        assert register(settings, pbx, tmp_path, numbers=range(20)) == ""
    assert queued(settings, numbers=range(20)) == 0
    with hep_process(settings):
        assert register(settings, pbx, tmp_path, numbers=range(20)) == ""  # they come back within five minutes
        assert eventually(lambda: queued(settings, numbers=range(20)) == 20)
