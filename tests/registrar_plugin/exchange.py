"""Phones that talk to the registrar's core, without a network between them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Outcome, Registrar
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SOURCE = ("192.0.2.31", 5060)


def settings(**changes: Any) -> RegistrarSettings:
    """Of a registrar whose phones share one password, unless *changes* say otherwise."""
    return replace(RegistrarSettings(USER, "autoprov", PASSWORD, nonce_key=b"k" * 32), **changes)


class Exchange:
    """A registrar and the phones that talk to it: a new branch for each request, the clock in our hands."""

    def __init__(self, of: RegistrarSettings | None = None) -> None:
        self.registrar = Registrar(of or settings())
        self.now = NOW
        self.requests = 0
        self.accepted: list[AcceptedRegistration] = []

    def send(self, data: bytes, source: tuple[str, int] = SOURCE) -> Outcome:
        outcome = self.registrar.handle(data, source, now=self.now)
        self.accepted += [outcome.accepted] if outcome.accepted else []
        return outcome

    def ask(self, *, cseq: int | None = None, **changes: Any) -> Response:
        """One REGISTER without the round trip."""
        self.requests += 1
        data = register(branch=f"z9hG4bK{self.requests}", cseq=cseq or self.requests, **changes)
        return parse_response(self.reply_to(data))

    def reply_to(self, data: bytes, source: tuple[str, int] = SOURCE) -> bytes:
        reply = self.send(data, source).reply
        assert reply is not None
        return reply.payload

    def challenge(self) -> dict[str, str]:
        """A nonce and what belongs to it."""
        self.requests += 1
        return challenge_of(self.reply_to(register(branch=f"z9hG4bK{self.requests}", cseq=self.requests)))

    def register(self, *, password: str = PASSWORD, **changes: Any) -> Response:
        """The whole round trip: 401, then with credentials."""
        return self.ask(authorization=credentials(self.challenge(), password=password), **changes)
