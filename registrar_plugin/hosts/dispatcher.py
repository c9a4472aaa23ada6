"""Takes every message that comes in, by whatever transport, to whom it concerns."""

import zlib
from collections.abc import Callable
from datetime import datetime

from registrar_plugin.hosts.flows import Flow, Flows
from registrar_plugin.registrar import Registrar
from registrar_plugin.registration import AcceptedRegistration, WrongPassword
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.framing import Broken

_SOONEST_RETRY, _RETRY_SPREAD = 10, 21
"""Seconds: whom we turn away comes back within 10 to 30, each at another time."""


class Dispatcher:
    """Requests go to the registrar, responses to *take_response*; the others hear of it once the answer is sent."""

    def __init__(
        self,
        registrar: Registrar,
        *,
        flows: Flows,
        take_response: Callable[[bytes], None],
        on_accepted: Callable[[AcceptedRegistration], None],
        on_wrong_password: Callable[[WrongPassword], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._registrar = registrar
        self._flows = flows
        self._take_response = take_response
        self._on_accepted = on_accepted
        self._on_wrong_password = on_wrong_password
        self._clock = clock

    def receive(self, data: bytes, flow: Flow) -> None:
        """Serve one message."""
        if data[:4].upper() == b"SIP/":
            self._take_response(data)
            return
        outcome = self._registrar.handle(data, flow.source, now=self._clock())
        if outcome.reply is not None:
            flow.send(outcome.reply)
        if outcome.accepted is not None:
            self._flows.note(outcome.accepted, flow)
            self._on_accepted(outcome.accepted)
        elif outcome.wrong_password is not None:
            self._on_wrong_password(outcome.wrong_password)

    def turn_away(self, data: bytes, flow: Flow) -> None:
        """Under overload: a response is still taken, a request gets 503."""
        if data[:4].upper() == b"SIP/":
            self._take_response(data)
            return
        seconds = _SOONEST_RETRY + zlib.crc32(data) % _RETRY_SPREAD
        self._refuse(data, flow, Answer(503, fields=(("Retry-After", str(seconds)),)))

    def refuse(self, broken: Broken, flow: Flow) -> None:
        """Say what cannot be framed."""
        self._refuse(broken.head, flow, Answer(broken.fault.status, broken.fault.reason))

    def _refuse(self, data: bytes, flow: Flow, answer: Answer) -> None:
        outcome = self._registrar.refuse(data, flow.source, answer)
        if outcome.reply is not None:
            flow.send(outcome.reply)
