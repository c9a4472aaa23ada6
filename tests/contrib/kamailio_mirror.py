"""A listener that hears a real Kamailio, and a phone that registers there."""

from datetime import UTC, datetime

from registrar_plugin.hosts.hep import HepListener
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import PASSWORD, USER, challenge_of, credentials, register
from tests.registrar_plugin.hosts.site import LOOPBACK
from tests.registrar_plugin.hosts.udp_phone import UdpPhone

PASSWORDS = {USER: PASSWORD, "200": "of-200"}
SMALL = 700
"""Octets of a 200 with one Contact, generously."""


class Mirror:
    """A listener, and what reached it."""

    def __init__(self, *, mode: HepMode = HepMode.FILTERED, key: bytes | None = None) -> None:
        self.accepted: list[AcceptedRegistration] = []
        settings = HepSettings((LOOPBACK, 0), mode, key=key)
        self.listener = HepListener(settings, on_accepted=self.accepted.append, clock=lambda: datetime.now(UTC))
        self.address = self.listener.start()

    def close(self) -> None:
        self.listener.stop()

    def call_ids(self) -> list[str]:
        """Of what reached it, in this order."""
        return [registration.call_id for registration in self.accepted]


def registered(
    phone: UdpPhone,
    *,
    user: str = USER,
    password: str = PASSWORD,
    call_id: str,
    contact: str | None = None,
    display_name: str = "KTM4PX-0004f2abcdef",
    expires: str = "300",
) -> bytes:
    """What Kamailio answers to both rounds."""

    def request(cseq: int, authorization: str | None = None) -> bytes:
        return register(
            user=user,
            via=phone.source,
            branch=f"z9hG4bK{call_id}{cseq}",
            call_id=call_id,
            cseq=cseq,
            contact=contact or f"<sip:{user}@{phone.source}>",
            display_name=display_name,
            expires=expires,
            authorization=authorization,
        )

    challenge = challenge_of(phone.ask(request(1)))
    return phone.ask(request(2, credentials(challenge, username=user, password=password)))
