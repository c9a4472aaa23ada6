"""A real Kamailio with a Python hook in its process, and a phone that registers there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.kamailio import Kamailio
from tests.peers.kamailio_registrar import CONTRIB, SNIPPET, kamailio_registrar
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.registrar_plugin.hosts.udp_phone import UdpPhone

HOOK = CONTRIB / "autoprov_hook.py"
_MODULE = Path("/usr/lib/x86_64-linux-gnu/kamailio/modules/app_python3.so")


def skip_without_python() -> None:
    """Skips where Kamailio has no embedded Python; CI's has it."""
    if not _MODULE.exists() and os.environ.get("CI") != "true":
        pytest.skip("kamailio-python3-modules is not installed; .ci/run shows what to install")


@contextmanager
def in_process(hook: Path = HOOK, *, workers: int = 1, snippet: Path = SNIPPET) -> Generator[Kamailio]:
    """With one worker, so that a phone is served after the hook of the one before, or with more."""
    skip_without_python()
    defines = {"AUTOPROV_IN_PROCESS": "", "AUTOPROV_HOOK": f'"{hook}"'}
    passwords = {USER: PASSWORD, "200": "of-200"}
    with kamailio_registrar(passwords, defines=defines, workers=workers, snippet=snippet) as pbx:
        yield pbx


def register_once(
    pbx: Kamailio, call_id: str, *, name: bytes = b"KTM4PX", password: str = PASSWORD, expires: str = "300"
) -> None:
    """A phone registers and has its answer, whatever the hook does."""
    with UdpPhone(pbx.address) as phone:
        given = {"via": phone.source, "call_id": call_id, "expires": expires}
        first = register(cseq=1, branch="z9hG4bKa", **given).replace(b"KTM4PX", name)
        answer = credentials(challenge_of(phone.ask(first)), password=password)
        second = register(cseq=2, branch="z9hG4bKb", authorization=answer, **given).replace(b"KTM4PX", name)
        expected = b"SIP/2.0 200" if password == PASSWORD else b"SIP/2.0 401"
        assert phone.ask(second).startswith(expected)
