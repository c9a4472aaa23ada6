"""The one PJSIP that a process can hold."""

from collections.abc import Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.peers.polycom import USER_AGENT

if TYPE_CHECKING:
    from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
    from tests.registrar_plugin.oracles.pjsip_parser import PjsipParser

# There is no wheel of pjsua2 for Python 3.13.
collect_ignore = (
    []
    if find_spec("pjsua2")
    else [
        "test_pjsua2.py",
        "test_pjsua2_digest.py",
        "test_pjsua2_notify.py",
        "test_pjsua2_phone.py",
        "test_pjsua2_streams.py",
    ]
)


@pytest.fixture(scope="session")
def pjsua2() -> "Generator[Pjsua2Endpoint]":
    """PJSIP, with a Polycom's User-Agent."""
    from tests.peers.pjsua2_endpoint import Pjsua2Endpoint

    endpoint = Pjsua2Endpoint(user_agent=USER_AGENT)
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="session")
def pjsip(pjsua2: "Pjsua2Endpoint") -> "Generator[PjsipParser]":
    """Its parser."""
    from tests.registrar_plugin.oracles.pjsip_parser import PjsipParser

    parser = PjsipParser(pjsua2)
    yield parser
    parser.close()
