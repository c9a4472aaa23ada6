"""SIPp and sipsak, which know SIP from elsewhere, at the running registrar."""

import subprocess
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov_phones.detected_phone import DetectedPhone
from registrar_plugin.hook import RegistrarHook
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from tests.peers.installed import installed
from tests.peers.polycom import USER
from tests.peers.sipp import register_phones
from tests.registrar_plugin.registrations import KEY, tag

PASSWORD = "s3cret"


class Building:
    """A running registrar with its hook, and the phones that it handed over."""

    def __init__(self) -> None:
        self.phones: list[DetectedPhone] = []
        self.hook = RegistrarHook(
            autoprovision_user=USER, key=KEY, hand_over=self.phones.extend, retry_on=(), saw=lambda _: None
        )
        self.registrar = EmbeddedRegistrar(
            RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
            listeners=[Listener(transport, "127.0.0.1", 0) for transport in (Transport.UDP, Transport.TCP)],
            on_accepted=self.hook.take_action,
            clock=lambda: datetime.now(UTC),
        )
        self.address, self.tcp_address = self.registrar.start()
        self.hook.start()

    def close(self) -> None:
        self.registrar.stop()
        self.hook.stop()


@pytest.fixture
def building() -> Generator[Building]:
    running = Building()
    yield running
    running.close()


def test_fifty_phones_register_at_once_and_are_handed_over(building: Building, tmp_path: Path) -> None:
    tags = [str(tag(number)) for number in range(50)]
    phones = dict.fromkeys(tags, PASSWORD)
    trouble = register_phones(phones, registrar=building.address, user=USER, folder=tmp_path)
    building.close()
    assert not trouble
    assert building.registrar.answers[200] == 50
    assert sorted(str(phone.tag) for phone in building.phones) == sorted(tags)
    assert {(phone.contact_host, phone.software.model) for phone in building.phones} == {("127.0.0.1", "VVX_410")}


@pytest.mark.parametrize("transport", ["t1", "tn"])
def test_fifty_phones_register_over_tcp(building: Building, tmp_path: Path, transport: str) -> None:
    phones = {str(tag(number)): PASSWORD for number in range(50)}
    trouble = register_phones(phones, registrar=building.tcp_address, user=USER, folder=tmp_path, transport=transport)
    building.close()
    assert not trouble
    assert building.registrar.answers == {401: 50, 200: 50}
    assert len(building.phones) == 50


def test_a_wrong_password_registers_nobody(building: Building, tmp_path: Path) -> None:
    trouble = register_phones({str(tag(1)): "wrong"}, registrar=building.address, user=USER, folder=tmp_path, rate=1)
    building.close()
    assert "401" in trouble
    assert (building.registrar.answers[401], building.registrar.answers.get(200), building.phones) == (2, None, [])


def test_sipsak_finds_it_alive(building: Building) -> None:
    host, port = building.address
    command = [installed("sipsak"), "-s", f"sip:{host}:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_sipsak_registers(building: Building) -> None:
    host, port = building.address
    command = [installed("sipsak"), "-U", "-i", "-H", host, "-x", "300", "-a", PASSWORD, "-u", USER]
    command += ["-s", f"sip:{USER}@{host}:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    building.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert building.registrar.answers == {401: 1, 200: 1}
    assert building.phones == [], "it can show no phone tag"
