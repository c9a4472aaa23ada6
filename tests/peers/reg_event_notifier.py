"""A notifier of registrations over UDP that writes its documents as a sipXecs does (RFC 3680).

Always the full state, one version for all subscribers, no User-Agent, the instrument in a namespace of its own, and one
NOTIFY with all contacts for each registration.
"""

import re
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from xml.sax.saxutils import escape, quoteattr

_HOST = "127.0.0.1"
_INSTRUMENT_NAMESPACE = "http://www.example.org/reg-in"


@dataclass(frozen=True, slots=True)
class NotifiedContact:
    """One contact as sipXecs has it."""

    uri: str
    instrument: str = ""
    call_id: str = "boot-1"
    cseq: int = 2
    is_active: bool = True


def sipxecs_document(aor: str, contacts: list[NotifiedContact], *, version: int, state: str = "full") -> bytes:
    """The body of a NOTIFY."""
    of_all = "active" if contacts else "init"
    lines = [
        '<?xml version="1.0"?>',
        '<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo"'
        f' xmlns:in="{_INSTRUMENT_NAMESPACE}" version="{version}" state="{state}">',
        f"  <registration aor={quoteattr(aor)} id={quoteattr(aor)} state={quoteattr(of_all)}>",
    ]
    for contact in contacts:
        state_of_it = 'state="active" event="registered"' if contact.is_active else 'state="terminated" event="expired"'
        lines += [
            f'    <contact id={quoteattr(f"{aor}@@{contact.uri}")} {state_of_it} q="1"'
            f' callid={quoteattr(contact.call_id)} cseq="{contact.cseq}">',
            f"      <uri>{escape(contact.uri)}</uri>",
            *([f"      <in:instrument>{escape(contact.instrument)}</in:instrument>"] if contact.instrument else []),
            f"      <gr:pub-gruu uri={quoteattr(f'{aor};gr=x')}/>",
            "    </contact>",
        ]
    return "\r\n".join([*lines, "  </registration>", "</reginfo>", ""]).encode()


@dataclass(slots=True)
class _Subscription:
    subscriber: tuple[str, int]
    headers: dict[str, str]
    cseq: int = 0


class RegEventNotifier:
    """*answers* are statuses for the next SUBSCRIBEs, 200 when they run out; 0 is silence."""

    def __init__(self, bound: socket.socket, *, expires: int) -> None:
        self.address: tuple[str, int] = bound.getsockname()
        self.answers: list[int] = []
        self.subscribes: list[bytes] = []
        self.answered: list[bytes] = []
        self._socket = bound
        self._expires = expires
        self._version = 700  # has been running for a while
        self._contacts: dict[str, list[NotifiedContact]] = {}
        self._subscriptions: dict[str, _Subscription] = {}
        self._lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def register(self, aor: str, contact: NotifiedContact) -> None:
        """The contact registered: everybody is told of all of them."""
        with self._lock:
            known = [each for each in self._contacts.get(aor, []) if each.uri != contact.uri]
            self._contacts[aor] = [*known, contact]
            for subscription in self._subscriptions.values():
                self._notify(subscription)

    def send_document(self, body: bytes, *, content_type: str = "application/reginfo+xml") -> None:
        """Tell all subscribers this."""
        with self._lock:
            for subscription in self._subscriptions.values():
                self._send_notify(subscription, body, content_type=content_type)

    def forget_subscribers(self) -> None:
        """What a restart does: nobody is told."""
        with self._lock:
            self._subscriptions.clear()

    def terminate(self) -> None:
        """Tell all subscribers that it is over."""
        with self._lock:
            for subscription in self._subscriptions.values():
                self._send_notify(subscription, b"", state="terminated;reason=deactivated")
            self._subscriptions.clear()

    @property
    def subscribers(self) -> int:
        return len(self._subscriptions)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _run(self) -> None:
        self._socket.settimeout(0.05)
        while not self._stopping.is_set():
            with suppress(TimeoutError, ConnectionError):
                data, source = self._socket.recvfrom(65_535)
                if data.startswith(b"SUBSCRIBE"):
                    self._take(data, source)
                else:
                    self.answered.append(data)

    def _take(self, data: bytes, source: tuple[str, int]) -> None:
        headers = dict(re.findall(r"^([\w-]+): (.*)\r$", data.decode(), re.MULTILINE))
        with self._lock:
            self.subscribes.append(data)
            status = self.answers.pop(0) if self.answers else 200
            in_dialog = ";tag=" in headers["To"]
            if status == 200 and in_dialog and headers["Call-ID"] not in self._subscriptions:
                status = 481
            if status == 0:
                return
            self._answer(headers, status, source)
            if status == 200:
                subscription = self._subscriptions.setdefault(headers["Call-ID"], _Subscription(source, headers))
                self._notify(subscription)

    def _answer(self, headers: dict[str, str], status: int, source: tuple[str, int]) -> None:
        to = headers["To"] if ";tag=" in headers["To"] else f"{headers['To']};tag=notifier"
        lines = [
            f"SIP/2.0 {status} Whatever",
            *(f"{name}: {headers[name]}" for name in ("Via", "From", "Call-ID", "CSeq")),
            f"To: {to}",
            f"Contact: <sip:notifier@{_HOST}:{self.address[1]}>",
            f"Expires: {self._expires}",
            "Min-Expires: 900",
            "Content-Length: 0",
        ]
        self._socket.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), source)

    def _notify(self, subscription: _Subscription) -> None:
        aor = re.sub(r"[<>]|;tag=.*", "", subscription.headers["To"])
        self._version += 1
        self._send_notify(subscription, sipxecs_document(aor, self._contacts.get(aor, []), version=self._version))

    def _send_notify(
        self,
        subscription: _Subscription,
        body: bytes,
        *,
        state: str = "",
        content_type: str = "application/reginfo+xml",
    ) -> None:
        headers = subscription.headers
        subscription.cseq += 1
        to = headers["To"].partition(";tag=")[0]
        lines = [
            f"NOTIFY {headers['Contact'].strip('<>')} SIP/2.0",
            f"Via: SIP/2.0/UDP {_HOST}:{self.address[1]};branch=z9hG4bK-{headers['Call-ID']}-{subscription.cseq}",
            f"From: {to};tag=notifier",
            f"To: {headers['From']}",
            f"Call-ID: {headers['Call-ID']}",
            f"CSeq: {subscription.cseq} NOTIFY",
            f"Contact: <sip:notifier@{_HOST}:{self.address[1]}>",
            "Event: reg",
            f"Subscription-State: {state or f'active;expires={self._expires}'}",
            "Max-Forwards: 20",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
        ]
        self._socket.sendto(("\r\n".join(lines) + "\r\n\r\n").encode() + body, subscription.subscriber)


@contextmanager
def reg_event_notifier(*, expires: int = 300, port: int = 0) -> Generator[RegEventNotifier]:
    """A notifier on a loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind((_HOST, port))
        notifier = RegEventNotifier(bound, expires=expires)
        try:
            yield notifier
        finally:
            notifier.stop()
