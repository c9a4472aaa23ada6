from collections.abc import Generator
from pathlib import Path

import pytest

from tests.autoprov_worker.site import Site, site_in


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    with site_in(tmp_path) as built:
        yield built
