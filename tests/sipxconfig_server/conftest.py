"""The real server over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.config_system import ConfigSystem, config_system


@pytest.fixture
def system(tmp_path: Path) -> Iterator[ConfigSystem]:
    with config_system(tmp_path) as running:
        yield running
