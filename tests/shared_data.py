"""The shared collection of captures and recordings, where this machine has it.

CI always has it; elsewhere the tests that read it skip and say so.
"""

from pathlib import Path

import pytest

_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """The path of a shared file or folder; skips the calling test where it is not there."""
    path = _DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data not on this machine: {'/'.join(parts)}")
    return path
