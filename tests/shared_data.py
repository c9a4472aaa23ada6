"""The shared collection of captures and recordings, where this machine has it.

Where it is not there, the tests that read it skip and say so.
"""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """The path of a shared file or folder; skips the calling test where it is not there."""
    if not _DATA.is_dir():
        pytest.skip("the collection of captures is not beside this checkout: ../shared/data")
    path = _DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"not in the collection of captures: {path.relative_to(_DATA)}")
    return path
