"""The dialog of a subscription to registrations (RFC 6665, RFC 3680), and its SUBSCRIBEs."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from registrar_plugin.reg_event.reginfo import CONTENT_TYPE
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.message import Headers
from registrar_plugin.sip.name_addr import NameAddr, parse_contacts, parse_name_addr
from registrar_plugin.sip.request import Request
from registrar_plugin.sip.uri import Uri, parse_uri, sip_uri
from registrar_plugin.sip.via import BRANCH_COOKIE, Address, Via

EVENT = "reg"
METHOD = "SUBSCRIBE"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """*user* at *domain* is the address of record whose registrations we ask for; *own* is where NOTIFYs come to."""

    user: str
    domain: str
    own: Address
    expires: timedelta = timedelta(minutes=5)

    @property
    def resource(self) -> Uri:
        """The address of record."""
        return sip_uri(self.domain, user=self.user)


@dataclass(frozen=True, slots=True)
class Dialog:
    """*call_id* and *own_tag* are unguessable: nobody else can send us a NOTIFY that we take.

    *their_tag* is ``""`` until the first answer or NOTIFY. *target* is where requests go to, *routes* the proxies that
    wanted to stay in between, the nearest first (§12.1.2).
    """

    call_id: str
    own_tag: str
    target: Uri
    their_tag: str = ""
    routes: tuple[str, ...] = field(default=())
    cseq: int = 0

    def next(self) -> "Dialog":
        """For the next request."""
        return replace(self, cseq=self.cseq + 1)

    def answered(self, headers: Headers) -> "Dialog":
        """As the 200 says: the first one where to and by whom, a later one only where to (§12.2.1.2)."""
        learnt = replace(self, target=_contact(headers) or self.target)
        if self.their_tag:
            return learnt
        try:
            tag = parse_name_addr(headers.first("to")).tag
        except SipSyntaxError:  # then the NOTIFY will say it
            return learnt
        return replace(learnt, their_tag=tag, routes=tuple(reversed(_routes(headers))))

    def has(self, notify: Request) -> bool:
        """Whether *notify* is of this dialog, or of a request that only now becomes one."""
        is_ours = (notify.call_id, notify.to.tag) == (self.call_id, self.own_tag)
        return is_ours and (not self.their_tag or notify.from_.tag == self.their_tag)

    def notified(self, notify: Request) -> "Dialog":
        """As the first NOTIFY says, which may overtake the 200."""
        if self.their_tag:
            return self
        target = notify.contacts[0].uri if notify.contacts else self.target
        return replace(self, their_tag=notify.from_.tag, target=target, routes=tuple(_routes(notify.headers)))

    def subscribe(self, subscriber: Subscriber, *, branch_key: str) -> bytes:
        """The SUBSCRIBE with this dialog's CSeq; inside the dialog, it renews."""
        host, port = subscriber.own
        # A sipXecs may choose by itself to send large NOTIFYs over TCP, which we do not listen to.
        own = parse_uri(f"{sip_uri(host, user=subscriber.user, port=port)};transport=udp")
        to = NameAddr(subscriber.resource, params={"tag": self.their_tag} if self.their_tag else {})
        lines = [
            f"{METHOD} {self.target} SIP/2.0",
            f"Via: {Via('UDP', host, port, {'branch': BRANCH_COOKIE + branch_key, 'rport': ''})}",
            "Max-Forwards: 70",
            *(f"Route: {route}" for route in self.routes),
            f"From: {NameAddr(subscriber.resource, params={'tag': self.own_tag})}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {METHOD}",
            f"Contact: {NameAddr(own)}",
            f"Event: {EVENT}",
            f"Accept: {CONTENT_TYPE}",
            f"Expires: {int(subscriber.expires.total_seconds())}",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def new_dialog(subscriber: Subscriber, *, key: str) -> Dialog:
    """One that is not begun; *key* are 32 hex digits that nobody can guess."""
    return Dialog(call_id=key, own_tag=key[:16], target=subscriber.resource)


def _contact(headers: Headers) -> Uri | None:
    try:
        return parse_contacts(headers.first("contact"))[0].uri
    except SipSyntaxError:
        return None


def _routes(headers: Headers) -> Sequence[str]:
    try:
        return headers.elements("record-route")
    except SipSyntaxError:
        return ()
