from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from sipxconfig_client.client import SipxconfigClient
from tests.autoprov_console.console_site import ConsoleSite
from tests.peers.config_system import ADMIN, config_system


@pytest.fixture
def console(tmp_path: Path) -> Generator[ConsoleSite]:
    """The page over a real embedded config system, which knows a user 201."""
    with config_system(tmp_path) as system:
        client = SipxconfigClient(system.base_url, credentials=ADMIN, timeout=timedelta(seconds=10))
        with ConsoleSite(client).serving() as console:
            yield console
        client.close()
