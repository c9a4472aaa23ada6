"""The NOTIFY that makes a phone fetch its files again, and what can come back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from registrar_plugin.bindings import Binding
from registrar_plugin.sip.name_addr import NameAddr
from registrar_plugin.sip.uri import SipUri, Uri, sip_uri
from registrar_plugin.sip.via import BRANCH_COOKIE, Address, Via

METHOD = "NOTIFY"
T1 = timedelta(milliseconds=500)
T2 = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Answered:
    """The phone gave a final response."""

    status: int


class Unanswered(Enum):
    """Why there is no response."""

    NO_ANSWER = "the phone did not answer the check-sync"
    NOT_REGISTERED = "the phone is not registered here"


CheckSyncAnswer = Answered | Unanswered


@dataclass(frozen=True, slots=True)
class CheckSync:
    """A NOTIFY outside any dialog; *key* is its transaction: unguessable, so that nobody else can answer it."""

    request_uri: Uri
    to: Uri
    from_: Uri
    sent_by: Address
    key: str

    @property
    def branch(self) -> str:
        """The branch of its Via, which the response repeats."""
        return BRANCH_COOKIE + self.key

    def to_bytes(self) -> bytes:
        """The datagram; with ``Subscription-State`` although nobody subscribed, as sipXecs sends it."""
        host, port = self.sent_by
        lines = [
            f"{METHOD} {self.request_uri} SIP/2.0",
            f"Via: {Via('UDP', host, port, {'branch': self.branch, 'rport': ''})}",
            "Max-Forwards: 70",
            f"From: {NameAddr(self.from_, params={'tag': self.key[:16]})}",
            f"To: {NameAddr(self.to)}",
            f"Call-ID: {self.key}",
            f"CSeq: 1 {METHOD}",
            f"Contact: {NameAddr(sip_uri(host, port=port))}",
            "Event: check-sync",
            "Subscription-State: active",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def check_sync_for(binding: Binding, *, user: str, realm: str, sent_by: Address, key: str) -> CheckSync:
    """The NOTIFY for the phone of this binding, from the autoprovision user."""
    ours = sip_uri(realm, user=user)
    return CheckSync(request_uri=binding.contact.uri, to=ours, from_=ours, sent_by=sent_by, key=key)


def phone_address(binding: Binding) -> Address:
    """Where the phone of this binding listens.

    That is where its REGISTER came from, for through a NAT nothing else leads back; but a phone that names its own
    address and another port (Cisco 79xx) listens there.
    """
    uri = binding.contact.uri
    if isinstance(uri, SipUri) and uri.port is not None and uri.host == binding.source[0]:
        return uri.host, uri.port
    return binding.source


def retransmission_pauses(t1: timedelta = T1) -> Iterator[timedelta]:
    """How long to wait for a response after each sending: doubling from T1 up to T2, 64 * T1 in all (§17.1.2.1)."""
    pause, left = t1, 64 * t1
    while left > timedelta(0):
        yield min(pause, left)
        left -= pause
        pause = min(2 * pause, 8 * t1)
