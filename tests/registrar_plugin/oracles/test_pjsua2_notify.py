"""What PJSIP 2.15.1 does with a NOTIFY that nobody subscribed to, as seen on the wire, and what is told of it.

It answers one for ``message-summary``, which it takes unsolicited. One for an event package that it does not know gets
nothing at all: not 489 (RFC 6665 §4.1.3), not 481, not even 405. A check-sync for it is therefore tried again, and
given up in the end; SIPp's phones and the simulated Polycom show the way of one that is answered.
"""

import socket
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.bindings import Binding
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.check_sync import Unanswered, check_sync_for
from registrar_plugin.resync.settling import ResyncThread
from registrar_plugin.sip.name_addr import parse_contact
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
from tests.peers.pjsua2_phone import Pjsua2Phone
from tests.peers.polycom import PASSWORD, USER, register
from tests.registrar_plugin.hosts.site import Site, loopback
from tests.registrar_plugin.registrations import tag

TAG = tag(1)


class Line:
    """A socket that sends to PJSIP and takes what comes back."""

    def __init__(self, pjsua2: Pjsua2Endpoint) -> None:
        self._pjsua2 = pjsua2
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.address: tuple[str, int] = self.socket.getsockname()
        self.phone = Pjsua2Phone(pjsua2, registrar=self.address, user=USER, display_name=str(TAG), password=PASSWORD)
        self._received: list[Response] = []

    def answers_up_to_options(self, notify: bytes) -> list[tuple[str, int]]:
        """The methods and statuses of the answers to *notify* and to the OPTIONS behind it, which PJSIP answers."""
        phone = ("127.0.0.1", self._pjsua2.udp_port)
        self.socket.sendto(notify, phone)
        via = f"127.0.0.1:{self.address[1]};rport"
        self.socket.sendto(register(method="OPTIONS", via=via, branch="z9hG4bKlast"), phone)
        assert self._pjsua2.run_until(self._has_options_answer), "PJSIP does not even answer OPTIONS"
        return [(response.cseq_method, response.status) for response in self._received]

    def _has_options_answer(self) -> bool:
        try:
            while True:
                self._received.append(parse_response(self.socket.recv(65_535)))
        except BlockingIOError:
            return any(response.cseq_method == "OPTIONS" for response in self._received)

    def close(self) -> None:
        self.phone.close()
        self.socket.close()


@pytest.fixture
def line(pjsua2: Pjsua2Endpoint) -> Generator[Line]:
    running = Line(pjsua2)
    yield running
    running.close()


def notify(line: Line, pjsua2: Pjsua2Endpoint) -> bytes:
    """Ours, to PJSIP's Contact."""
    contact = parse_contact(f"<sip:{USER}@127.0.0.1:{pjsua2.udp_port};ob>")
    binding = Binding(contact, f"sip:{USER}@autoprov", "c", 1, datetime.now(UTC), ("127.0.0.1", pjsua2.udp_port))
    key = f"{line.address[1]:032x}"
    return check_sync_for(binding, user=USER, realm="autoprov", sent_by=line.address, key=key).to_bytes()


def test_a_check_sync_gets_no_answer_at_all(line: Line, pjsua2: Pjsua2Endpoint) -> None:
    assert line.answers_up_to_options(notify(line, pjsua2)) == [("OPTIONS", 200)]


def test_it_is_the_event_package_for_one_that_it_knows_is_answered(line: Line, pjsua2: Pjsua2Endpoint) -> None:
    known = notify(line, pjsua2).replace(b"Event: check-sync", b"Event: message-summary")
    assert sorted(line.answers_up_to_options(known)) == [("NOTIFY", 200), ("OPTIONS", 200)]


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_the_phones_timeline_says_that_it_did_not_answer(
    pjsua2: Pjsua2Endpoint, transport: Transport, tmp_path: Path
) -> None:
    now, seen = datetime(2026, 5, 4, tzinfo=UTC), list[Sighting]()
    queue = PhoneQueue(f"sqlite:///{tmp_path / 'queue.db'}", clock=lambda: now)
    with Site(loopback(transport)) as site:
        phone = Pjsua2Phone(
            pjsua2,
            registrar=site.at[0],
            user=USER,
            display_name=str(TAG),
            password=PASSWORD,
            transport=transport.value,
        )
        resync = ResyncThread(
            queue=queue, send_check_sync=site.registrar.send_check_sync, saw=seen.append, clock=lambda: now
        )
        try:
            assert phone.register() == 200
            resync.start()
            queue.order(OrderKind.RESYNC, TAG.mac)
            assert pjsua2.run_until(lambda: len(seen) > 0)
        finally:
            resync.stop()
            phone.close()
            queue.close()
    assert [(sighting.mac, sighting.stage, sighting.verdict, sighting.detail) for sighting in seen] == [
        (TAG.mac, Stage.RESYNC, "later", Unanswered.NO_ANSWER.value)
    ]
