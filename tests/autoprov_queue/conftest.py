from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import HandClock
from tests.peers.postgresql import PostgreSql, postgresql


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def server() -> Generator[PostgreSql]:
    with postgresql() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'queue.sqlite'}"
    return cast("PostgreSql", request.getfixturevalue("server")).fresh_url()


@pytest.fixture
def queue(url: str, clock: HandClock) -> Generator[PhoneQueue]:
    opened = PhoneQueue(url, clock=clock, busy_timeout=timedelta(milliseconds=50))
    yield opened
    opened.close()
