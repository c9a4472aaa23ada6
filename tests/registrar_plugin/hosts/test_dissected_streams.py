"""What we send over TCP and TLS, tapped on the wire and read by Wireshark's SIP dissector: nothing malformed.

TLS is real: the dissector decrypts it by the key log of the phones.
"""

from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.resync.check_sync import Answered
from tests.peers.certificates import make_certificate
from tests.peers.polycom import USER, challenge_of, credentials, register
from tests.peers.relay import Relay
from tests.peers.tshark import SIP_PORT, SIPS_PORT, complaints, start_lines, write_stream_capture
from tests.registrar_plugin.corpora import all_messages
from tests.registrar_plugin.hosts.site import Site, StreamPhone, answer_of, loopback
from tests.registrar_plugin.hosts.test_stream_torture import LAST
from tests.registrar_plugin.hosts.test_tls import unverifying
from tests.registrar_plugin.test_dissected import WARNED

MAC = MacAddress("0004f2abcdef")
CONTACTS = {
    "own": f"<sip:{USER}@192.0.2.31:5060>",
    "two": '"a, b" <sip:a@192.0.2.1>;q=0.5, sip:b@[2001:db8::1]:5070',
    "other schemes": "<name:John_Smith>, <tel:+49-30-1234>",
    "NUL": "<sip:%00@host5.example.com>",
    "escaped header": "<sip:a@192.0.2.1;line=%2e1?Route=%3Csip:h%3E>",
    "many": ", ".join(f"<sip:a@192.0.2.{host}>" for host in range(1, 11)),
    "long": ", ".join(f"<sip:{'a' * 200}@192.0.2.{host}>" for host in range(1, 10)),
    "too many": ", ".join(f"<sip:a@192.0.2.{host}>" for host in range(1, 12)),
    "brief": "<sip:a@192.0.2.1>;expires=1",
    "star": "*",
}
CHALLENGE = 'WWW-Authenticate: Digest realm="PolycomSPIP, \\"x\\"", nonce="a,b", qop="auth", algorithm=MD5'


class Ended(Exception):
    """The registrar has hung up."""


class Wire:
    """A registrar behind a tap, and the start lines that phones got to read from it."""

    def __init__(self, transport: Transport, folder: Path) -> None:
        self.transport = transport
        self.key_log = folder / "keys.log"
        limits = StreamLimits(message=timedelta(milliseconds=500), connections_per_address=1000)
        self.site = Site(loopback(transport), certificate=make_certificate(folder), limits=limits)
        self.relay = Relay(self.site.at[0])
        self.start_lines: list[str] = []
        self._tls = None
        if transport is Transport.TLS:
            self._tls = unverifying()
            self._tls.keylog_filename = str(self.key_log)

    @contextmanager
    def phone(self) -> Generator[StreamPhone]:
        with StreamPhone(self.relay.address, tls=self._tls) as phone:
            yield phone

    def receive(self, phone: StreamPhone) -> bytes:
        try:
            while not (message := phone.receive().lstrip(b"\r\n")):  # keep-alives are answered first
                pass
        except AssertionError as error:
            raise Ended from error
        self.start_lines.append(message.split(b"\r\n")[0].decode())
        return message

    def ask(self, phone: StreamPhone, data: bytes) -> bytes:
        phone.send(data)
        return self.receive(phone)

    def close(self) -> None:
        self.site.registrar.stop()
        self.relay.close()


def send_all_messages(wire: Wire) -> None:
    """Each message of each corpus, as it is, and one more behind it; on the next connection once one is broken.

    But not those whose answers the dissector stumbles over (test_dissected says why): it reads no further then.
    """
    messages = [data for name, data in all_messages().items() if name not in WARNED]
    while messages:
        with wire.phone() as phone, suppress(Ended):
            while messages:
                phone.send(messages.pop(0) + LAST)
                while b"\r\nCall-ID: last\r\n" not in wire.receive(phone):
                    pass


def register_contacts(wire: Wire) -> None:
    """A phone for each, challenged and signed; it is then sent a check-sync, and asks who sends it."""
    for number, contact in enumerate(CONTACTS.values(), 1):
        with wire.phone() as phone:
            call_id = f"call-{number}"
            challenge = challenge_of(wire.ask(phone, register(contact=contact, call_id=call_id)))
            proof = credentials(challenge)
            signed = register(contact=contact, call_id=call_id, cseq=2, branch="b2", authorization=proof)
            answer = wire.ask(phone, signed)
            if not answer.startswith(b"SIP/2.0 200 ") or contact == "*":
                continue
            future = wire.site.registrar.send_check_sync(MAC)
            phone.answer(wire.receive(phone), "401 Unauthorized", CHALLENGE)
            phone.answer(wire.receive(phone), "200 OK")
            assert answer_of(future) == Answered(200)


def keep_alive(wire: Wire) -> None:
    with wire.phone() as phone:
        phone.send(b"\r\n\r\n")
        assert phone.receive_bytes(2) == b"\r\n"


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_the_dissector_reads_all_that_we_send_on_connections(transport: Transport, tmp_path: Path) -> None:
    with closing(Wire(transport, tmp_path)) as wire:
        send_all_messages(wire)
        register_contacts(wire)
        keep_alive(wire)
    capture = tmp_path / "tapped.pcap"
    is_tls = transport is Transport.TLS
    write_stream_capture(capture, wire.relay.conversations, is_tls=is_tls)
    port, key_log = (SIPS_PORT, wire.key_log) if is_tls else (SIP_PORT, None)
    seen = start_lines(capture, by_port=port, key_log=key_log)
    assert sorted(seen) == sorted(wire.start_lines)
    assert sum(line.startswith("NOTIFY ") for line in seen) > 10
    assert complaints(capture, by_port=port, key_log=key_log) == {}
