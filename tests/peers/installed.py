"""Peers that are programs of their own: there, or the test says that they are not."""

import os
import shutil

import pytest


def installed(program: str) -> str:
    """The program's path. Without it: a failure under CI, elsewhere a skip that names it."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        message = f"{program} is not installed; .ci/run shows what to install"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path
