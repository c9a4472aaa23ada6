"""PJSIP as a phone: it registers with its own arithmetic, refreshes, is sent our NOTIFY, and leaves."""

from collections.abc import Generator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.bindings import Binding
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.resync.check_sync import CheckSyncAnswer, Unanswered, check_sync_for
from registrar_plugin.sip.name_addr import parse_contact
from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
from tests.peers.pjsua2_phone import Pjsua2Phone
from tests.peers.polycom import PASSWORD, USER, USER_AGENT
from tests.registrar_plugin.oracles.pjsip_parser import Addresses, PjsipParser
from tests.registrar_plugin.reading import Address
from tests.registrar_plugin.registrations import eventually, tag

TAG = tag(1)


class Desk:
    """A running registrar, what it accepted, and PJSIP's phone beside it."""

    def __init__(self, pjsua2: Pjsua2Endpoint) -> None:
        self.pjsua2 = pjsua2
        self.accepted: list[AcceptedRegistration] = []
        self.registrar = EmbeddedRegistrar(
            RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32),
            listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
            on_accepted=self.accepted.append,
            clock=lambda: datetime.now(UTC),
            t1=timedelta(milliseconds=10),
        )
        (self.address,) = self.registrar.start()
        self.phones: list[Pjsua2Phone] = []

    def phone(self, *, display_name: str = str(TAG), password: str = PASSWORD) -> Pjsua2Phone:
        self.phones.append(
            Pjsua2Phone(self.pjsua2, registrar=self.address, user=USER, display_name=display_name, password=password)
        )
        return self.phones[-1]

    def check_sync(self, mac: MacAddress) -> CheckSyncAnswer:
        """What the phone answers, which works only while its library is given the time."""
        future: Future[CheckSyncAnswer] = self.registrar.send_check_sync(mac)
        assert self.pjsua2.run_until(future.done)
        return future.result()

    def close(self) -> None:
        for phone in self.phones:
            phone.close()
        self.registrar.stop()


@pytest.fixture
def desk(pjsua2: Pjsua2Endpoint) -> Generator[Desk]:
    running = Desk(pjsua2)
    yield running
    running.close()


def test_it_registers_with_its_display_name_and_user_agent(desk: Desk) -> None:
    phone = desk.phone()
    assert (phone.register(), phone.granted) == (200, timedelta(minutes=5))
    assert eventually(lambda: len(desk.accepted) == 1)
    (accepted,) = desk.accepted
    assert (accepted.display_name, accepted.user, accepted.user_agent) == (str(TAG), USER, USER_AGENT)
    assert (accepted.contact_host, accepted.source) == ("127.0.0.1", ("127.0.0.1", desk.pjsua2.udp_port))
    assert desk.registrar.answers == {401: 1, 200: 1}


def test_a_refresh_is_accepted_under_the_same_call_id(desk: Desk) -> None:
    phone = desk.phone()
    assert [phone.register(), phone.register()] == [200, 200]
    assert eventually(lambda: len(desk.accepted) == 2)
    first, second = desk.accepted
    assert first.call_id == second.call_id
    assert desk.registrar.answers == {401: 2, 200: 2}  # PJSIP asks for a challenge each time


def test_a_display_name_of_quotes_and_umlauts_arrives_whole(desk: Desk) -> None:
    assert desk.phone(display_name='Jürgen, \\"x\\" <a>').register() == 200
    assert eventually(lambda: len(desk.accepted) == 1)
    assert desk.accepted[0].display_name == 'Jürgen, "x" <a>'


def test_it_leaves(desk: Desk) -> None:
    phone = desk.phone()
    assert [phone.register(), phone.unregister()] == [200, 200]
    assert eventually(lambda: len(desk.accepted) == 2)
    assert desk.accepted[1].expires == timedelta(0)
    assert desk.check_sync(TAG.mac) is Unanswered.NOT_REGISTERED


def test_a_wrong_password_is_refused(desk: Desk) -> None:
    assert desk.phone(password="wrong").register() in (401, 403)
    assert desk.accepted == []


def test_the_notify_is_sound_to_pjsip(pjsip: PjsipParser) -> None:
    contact = parse_contact(f"<sip:{USER}@127.0.0.1:5062;transport=udp>;expires=60")
    binding = Binding(contact, f"sip:{USER}@autoprov", "c", 1, datetime.now(UTC), ("127.0.0.1", 5062))
    notify = check_sync_for(binding, user=USER, realm="autoprov", sent_by=("127.0.0.1", 5060), key="k" * 32)
    ours = Address("", USER, "autoprov")
    assert pjsip.read(notify.to_bytes()) == Addresses(from_=ours, to=ours, contact=Address("", None, "127.0.0.1", 5060))
