"""The NOTIFY that makes a phone fetch its files again, and what can come back."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum

from registrar_plugin.bindings import Binding
from registrar_plugin.sip.authorization import authorization_for
from registrar_plugin.sip.name_addr import NameAddr
from registrar_plugin.sip.response import Response
from registrar_plugin.sip.uri import SipUri, Uri, parse_uri, sip_uri
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
    UNREACHABLE = "the phone closed its connection, and nothing else leads to it"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Another sent it for us, and does not tell what the phone answered."""

    by: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Another was to send it and did not: why, in words for the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class ToldSeveral:
    """Several were told, of which the phone is one; which, nobody knows.

    So many *accepted*, and so many were told and *not_waited_for*; *others* says what became of each of the rest, in
    words for the operator.
    """

    accepted: int
    not_waited_for: int
    others: tuple[str, ...]


CheckSyncAnswer = Answered | Unanswered | PassedOn | NotSent | ToldSeveral


@dataclass(frozen=True, slots=True)
class CheckSync:
    """A NOTIFY outside any dialog.

    *call_key* names the call and *key* this transaction of it: unguessable, so that nobody else can answer it.
    *transport* is ``UDP``, ``TCP`` or ``TLS``, *sent_by* our address as the phone sees it. *authorization* is a whole
    header field, its name included.
    """

    request_uri: Uri
    to: Uri
    from_: Uri
    transport: str
    sent_by: Address
    call_key: str
    key: str
    cseq: int = 1
    authorization: str | None = field(default=None, repr=False)

    @property
    def branch(self) -> str:
        """The branch of its Via, which the response repeats."""
        return BRANCH_COOKIE + self.key

    def to_bytes(self) -> bytes:
        """The message; with ``Subscription-State`` although nobody subscribed, as sipXecs sends it."""
        host, port = self.sent_by
        lines = [
            f"{METHOD} {self.request_uri} SIP/2.0",
            f"Via: {Via(self.transport, host, port, {'branch': self.branch, 'rport': ''})}",
            "Max-Forwards: 70",
            f"From: {NameAddr(self.from_, params={'tag': self.call_key[:16]})}",
            f"To: {NameAddr(self.to)}",
            f"Call-ID: {self.call_key}",
            f"CSeq: {self.cseq} {METHOD}",
            f"Contact: {NameAddr(self._contact())}",
            *([] if self.authorization is None else [self.authorization]),
            "Event: check-sync",
            "Subscription-State: active",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _contact(self) -> Uri:
        host, port = self.sent_by
        uri = sip_uri(host, port=port)
        return uri if self.transport == "UDP" else parse_uri(f"{uri};transport={self.transport.lower()}")


def check_sync_for(
    binding: Binding, *, user: str, realm: str, sent_by: Address, key: str, transport: str = "UDP"
) -> CheckSync:
    """The NOTIFY for the phone of this binding, from the autoprovision user."""
    ours, phone = sip_uri(realm, user=user), binding.contact.uri
    return CheckSync(
        request_uri=phone.without_headers() if isinstance(phone, SipUri) else phone,
        to=ours,
        from_=ours,
        transport=transport,
        sent_by=sent_by,
        call_key=key,
        key=key,
    )


def authorized(notify: CheckSync, response: Response, *, user: str, password: str, key: str) -> CheckSync | None:
    """The NOTIFY once more, with the digest that *response* asks for; None where it asks for none that we know.

    Polycoms ask where ``requestValidation`` tells them to (phones 1.6), with a realm of their own and the line's
    credentials.
    """
    if notify.authorization is not None:
        return None
    uri = str(notify.request_uri)
    found = authorization_for(response, method=METHOD, uri=uri, user=user, password=password, cnonce=key)
    return None if found is None else replace(notify, key=key, cseq=notify.cseq + 1, authorization=found.header)


def phone_address(binding: Binding) -> Address:
    """Where the phone of this binding listens.

    That is where its REGISTER came from, for through a NAT nothing else leads back; but a phone that names its own
    address and another port (Cisco 79xx) listens there.
    """
    uri = binding.contact.uri
    if isinstance(uri, SipUri) and uri.port is not None and uri.host == binding.source[0]:
        return uri.host, uri.port
    return binding.source


def retransmission_pauses(t1: timedelta = T1, *, is_reliable: bool = False) -> Iterator[timedelta]:
    """How long to wait for a response after each sending: doubling from T1 up to T2, 64 * T1 in all (§17.1.2.1).

    What a reliable transport carries is sent once.
    """
    left = 64 * t1
    pause = left if is_reliable else t1
    while left > timedelta(0):
        yield min(pause, left)
        left -= pause
        pause = min(2 * pause, 8 * t1)
