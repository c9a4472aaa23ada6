"""The embedded registrar, sans I/O: a message in, a message and an accepted registration out."""

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from autoprov_phones.mac import MacAddress
from registrar_plugin.bindings import Binding
from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.register_rules import ALLOW, RegistrarSettings, refuse_request
from registrar_plugin.register_service import RegisterService
from registrar_plugin.registration import AcceptedRegistration, WrongPassword
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import Headers, Message, read_message
from registrar_plugin.sip.request import Request, interpret_request
from registrar_plugin.sip.response import write_response
from registrar_plugin.sip.via import Address, parse_via, reply_address

TRANSACTION_LIFE = timedelta(seconds=32)
"""64 * T1: so long a retransmission can arrive (§17.2.2, timer J)."""
_ACCEPTED = 20_000
_REFUSED = 5_000
MAX_REQUEST_BYTES = 8192
"""No phone's REGISTER comes near it, and what strangers send costs time to read and comes back in the answer."""
_TAG_BYTES = 8
_MAX_RESPONSE_BYTES = 1300
"""§18.1.1: a larger datagram may be fragmented, and phones drop fragments."""


class Datagram(NamedTuple):
    """Bytes and where they go."""

    payload: bytes
    address: Address


class Outcome(NamedTuple):
    """What a message leads to; *accepted* and *wrong_password* are never set for a retransmission."""

    reply: Datagram | None = None
    accepted: AcceptedRegistration | None = None
    wrong_password: WrongPassword | None = None


class Registrar:
    """Answers every request that says by a Via that it waits for an answer; all its memory is bounded.

    Answers are remembered for retransmissions, the accepted apart from the refused, of which anyone can make many:
    whoever has not proved the password cannot make us forget those who have, and costs little memory.
    """

    def __init__(self, settings: RegistrarSettings) -> None:
        self._key = settings.nonce_key
        self._service = RegisterService(settings)
        self._accepted = ExpiringMap[bytes, bytes](life=TRANSACTION_LIFE, limit=_ACCEPTED)
        self._refused = ExpiringMap[bytes, bytes](life=TRANSACTION_LIFE, limit=_REFUSED)
        self.answers: Counter[int] = Counter()
        """How often each status was given; retransmissions are not counted."""

    def handle(self, data: bytes, source: Address, *, now: datetime) -> Outcome:
        """Answer one message, whatever it holds; a response, an ACK or a keep-alive gets no answer.

        Over a connection the answer's address is of no matter: it goes back on the connection (§18.2.2).
        """
        message = read_message(data[:MAX_REQUEST_BYTES])
        if not _awaits_answer(message):
            return Outcome()
        if len(data) > MAX_REQUEST_BYTES:
            return self._refuse(message.headers, source, _answer_to(SipSyntaxError("Message Too Large", status=513)))
        try:
            request = interpret_request(message)
        except SipSyntaxError as error:
            return self._refuse(message.headers, source, _answer_to(error))
        transaction = self._transaction(request, source)
        address = reply_address(request.via, source)
        repeated = self._accepted.get(transaction, now=now) or self._refused.get(transaction, now=now)
        if repeated is not None:
            return Outcome(Datagram(repeated, address))
        answer, told = self._serve(request, source, now)
        accepted = told if isinstance(told, AcceptedRegistration) else None
        payload = self._write(answer, request.headers, source, to_tag=transaction[:_TAG_BYTES].hex())
        if accepted is not None:
            self._accepted.set(transaction, payload, now=now)
        elif len(payload) <= _MAX_RESPONSE_BYTES:
            self._refused.set(transaction, payload, now=now)
        return Outcome(Datagram(payload, address), accepted, told if isinstance(told, WrongPassword) else None)

    def refuse(self, data: bytes, source: Address, answer: Answer) -> Outcome:
        """Give *answer* to the message, whatever it asks for: its bearer cannot take it on."""
        message = read_message(data[:MAX_REQUEST_BYTES])
        if not _awaits_answer(message):
            return Outcome()
        return self._refuse(message.headers, source, answer, address=_reply_address(message.headers, source))

    def binding_of(self, mac: MacAddress, *, now: datetime) -> Binding | None:
        """The newest binding of the phone whose tag claims *mac*."""
        return self._service.binding_of(mac, now=now)

    def _serve(
        self, request: Request, source: Address, now: datetime
    ) -> tuple[Answer, AcceptedRegistration | WrongPassword | None]:
        refused = refuse_request(request)
        if refused is not None:
            return refused, None
        if request.method == "OPTIONS":
            return Answer(200, fields=(ALLOW,)), None
        return self._service.serve(request, source, now=now)

    def _refuse(self, headers: Headers, source: Address, answer: Answer, *, address: Address | None = None) -> Outcome:
        """An answer that needs nothing of the request but a Via.

        Who does not say readably what he wants may not say where he waits either: the answer goes where he sent from.
        """
        if not headers.all("via"):
            return Outcome()
        to_tag = self._to_tag(headers)
        return Outcome(Datagram(self._write(answer, headers, source, to_tag=to_tag), address or source))

    def _write(self, answer: Answer, request: Headers, source: Address, *, to_tag: str) -> bytes:
        """The response's bytes; contacts that would make it too long are left out, the oldest first."""
        self.answers[answer.status] += 1
        payload = write_response(request, answer, source=source, to_tag=to_tag)
        excess = len(payload) - _MAX_RESPONSE_BYTES
        if excess <= 0:
            return payload
        return write_response(request, _shortened(answer, excess), source=source, to_tag=to_tag)

    def _to_tag(self, request: Headers) -> str:
        """The same for the same unreadable request, with no memory."""
        return self._sign("\0".join(request.first(name) for name in ("call-id", "cseq", "via")))[:_TAG_BYTES].hex()

    def _transaction(self, request: Request, source: Address) -> bytes:
        """What tells a retransmission: topmost branch, sent-by and method (§17.2.3).

        Source, Call-ID and CSeq besides, for clients of RFC 2543, which give no branch, and for those that give one
        twice. A digest of it all, for strangers may send long ones; a signed one, of which the To tag can be taken.
        """
        via = request.via
        parts = (
            *(source[0], str(source[1]), via.host.lower(), str(via.port)),
            *(request.method, request.call_id, str(request.cseq), via.branch),
        )
        return self._sign("\0".join(parts))  # none but the last can hold a NUL

    def _sign(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), key=self._key, digest_size=16).digest()


def _awaits_answer(message: Message) -> bool:
    """Whether it looks like a request that is answered at all."""
    is_ack = message.start_line.startswith("ACK ")
    return bool(message.start_line) and not message.is_response and not is_ack


def _answer_to(error: SipSyntaxError) -> Answer:
    return Answer(error.status, error.reason)


def _reply_address(headers: Headers, source: Address) -> Address:
    """Where the sender waits; if it says so unreadably, there it came from."""
    try:
        vias = headers.elements("via")
        return reply_address(parse_via(vias[0]), source) if vias else source
    except SipSyntaxError:
        return source


def _shortened(answer: Answer, excess: int) -> Answer:
    """The answer with *excess* bytes less, if its Contacts but the first have so many."""
    fields = list(answer.fields)
    while excess > 0 and sum(name == "Contact" for name, _ in fields) > 1:
        name, value = fields.pop()
        excess -= len(f"{name}: {value}\r\n")
    return answer._replace(fields=tuple(fields))
