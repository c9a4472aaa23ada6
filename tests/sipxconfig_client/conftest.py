"""The real embedded config system, and a client of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sipxconfig_client.client import SipxconfigClient
from tests.peers.config_system import ADMIN, ConfigSystem, config_system


@pytest.fixture
def system(tmp_path: Path) -> Iterator[ConfigSystem]:
    with config_system(tmp_path) as running:
        yield running


@pytest.fixture
def client(system: ConfigSystem) -> Iterator[SipxconfigClient]:
    running = SipxconfigClient(system.base_url, credentials=ADMIN)
    yield running
    running.close()
