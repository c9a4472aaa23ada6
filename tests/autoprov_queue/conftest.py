from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'queue.sqlite'}"


@pytest.fixture
def queue(url: str, clock: HandClock) -> Generator[PhoneQueue]:
    opened = PhoneQueue(url, clock=clock, busy_timeout=timedelta(milliseconds=50))
    yield opened
    opened.close()
