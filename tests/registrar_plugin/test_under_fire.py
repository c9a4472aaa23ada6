"""Twenty thousand damaged datagrams at the running registrar; ``make fire`` sends a million."""

import logging
import socket
import sys
from collections.abc import Generator
from datetime import UTC, datetime
from itertools import islice
from random import Random

import pytest

from bench.fire import seeds
from bench.gunner import Gunner, lost_datagrams
from bench.mutations import mutated
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register

DATAGRAMS = 20_000
SEED = 1


def registers(registrar: tuple[str, int]) -> bool:
    """Whether a phone in good health is served."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(10)
        phone.connect(registrar)
        via = f"127.0.0.1:{phone.getsockname()[1]}"
        phone.send(register(via=via))
        challenge = challenge_of(phone.recv(65_535))
        phone.send(register(via=via, cseq=2, branch="z9hG4bKtwo", authorization=credentials(challenge)))
        return phone.recv(65_535).startswith(b"SIP/2.0 200 ")


@pytest.fixture
def registrar() -> Generator[EmbeddedRegistrar]:
    running = EmbeddedRegistrar(
        RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
        listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
        on_accepted=lambda _: None,
        clock=lambda: datetime.now(UTC),
    )
    yield running
    running.stop()


def test_no_damaged_datagram_hurts_the_registrar(
    registrar: EmbeddedRegistrar, caplog: pytest.LogCaptureFixture
) -> None:
    sys.stdout.write(f"seed {SEED}\n")
    (address,) = registrar.start()
    with Gunner(address) as gunner:
        gunner.fire(islice(mutated(seeds(), Random(SEED)), DATAGRAMS))
    assert registers(address)
    assert lost_datagrams(address[1]) == 0
    assert gunner.toll.sent == DATAGRAMS
    assert gunner.toll.statuses[400] > 0
    assert gunner.toll.statuses[401] > 0
    assert gunner.toll.garbled == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
