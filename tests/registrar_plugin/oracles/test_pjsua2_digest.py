"""PJSIP answers each of our challenges by its own arithmetic."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from autoprov_phones.derived_secret import derive_sip_password
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.sip.digest import Algorithm
from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
from tests.peers.pjsua2_phone import Pjsua2Phone
from tests.peers.polycom import USER
from tests.registrar_plugin.exchange import settings
from tests.registrar_plugin.registrations import KEY, tag


def answers_to(pjsua2: Pjsua2Endpoint, *, algorithms: Sequence[Algorithm], password: str) -> tuple[int, dict[int, int]]:
    """What the phone of ``tag(1)`` is told in the end, and all that was answered."""
    with ExitStack() as stack:
        registrar = EmbeddedRegistrar(
            settings(password=None, tag_key=KEY, algorithms=tuple(algorithms)),
            listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
            on_accepted=lambda _: None,
            clock=lambda: datetime.now(UTC),
        )
        (address,) = registrar.start()
        stack.callback(registrar.stop)
        phone = Pjsua2Phone(pjsua2, registrar=address, user=USER, display_name=str(tag(1)), password=password)
        stack.callback(phone.close)
        return phone.register(), registrar.answers


@pytest.mark.parametrize(
    "algorithms", [[Algorithm.MD5], [Algorithm.SHA_256], [Algorithm.SHA_256, Algorithm.MD5]], ids=str
)
def test_it_registers_with_its_own_password(pjsua2: Pjsua2Endpoint, algorithms: list[Algorithm]) -> None:
    password = derive_sip_password(tag(1).mac, key=KEY)
    assert answers_to(pjsua2, algorithms=algorithms, password=password) == (200, {401: 1, 200: 1})


def test_it_does_not_with_another_phones(pjsua2: Pjsua2Endpoint) -> None:
    password = derive_sip_password(tag(2).mac, key=KEY)
    status, answers = answers_to(pjsua2, algorithms=[Algorithm.MD5], password=password)
    assert status in (401, 403)
    assert 200 not in answers
