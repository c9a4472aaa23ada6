"""Hears of registrations at another registrar by subscribing to them, in a thread of its own."""

import logging
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Listener, Transport, address_seen_from, bound_socket
from registrar_plugin.hosts.socket_thread import SocketThread
from registrar_plugin.reg_event.book import Seen
from registrar_plugin.reg_event.dialog import Subscriber
from registrar_plugin.reg_event.registration import KnownPhone, reported_registration
from registrar_plugin.reg_event.subscription import Subscription, Timing
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_LARGEST_DATAGRAM = 65_535
_AT_ONCE = 16
_PAUSE_WITHOUT_ADDRESS = timedelta(seconds=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RegEventListener:
    """Calls *on_accepted* for each registration of a phone that *known* knows; that must return at once.

    *known* is asked for the MAC that a contact's phone said, in our thread, so it may read a file.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        *,
        server: Address,
        on_accepted: Callable[[AcceptedRegistration], None],
        known: Callable[[MacAddress], KnownPhone | None],
        clock: Callable[[], datetime],
        timing: Timing | None = None,
    ) -> None:
        self._subscriber = subscriber
        self._server = server
        self._on_accepted = on_accepted
        self._known = known
        self._clock = clock
        self._timing = timing or Timing()
        self._thread = SocketThread("reg-event", read=self._read, act=self._send_what_is_due)
        self._socket: socket.socket
        self._subscription: Subscription | None = None
        self._look_at = 0.0
        self._is_told = False

    @property
    def contacts(self) -> int:
        """How many are registered as far as we know."""
        return 0 if self._subscription is None else self._subscription.contacts

    def start(self) -> None:
        """Subscribe from now on, or as soon as the server's name leads somewhere.

        Raises:
            OSError: the subscriber's own address cannot be bound.
        """
        self._socket = bound_socket(Listener(Transport.UDP, *self._subscriber.own))
        self._thread.start(self._socket)

    def stop(self) -> None:
        """End the thread; the subscription ends by itself."""
        self._thread.stop()

    def _send_what_is_due(self) -> timedelta:
        subscription = self._subscription or self._begin()
        if subscription is None:
            return _PAUSE_WITHOUT_ADDRESS
        self._send(subscription.due(now=_steady_now()), self._server)
        return subscription.wake_at - _steady_now()

    def _begin(self) -> Subscription | None:
        """The subscription; None while the server cannot be found: at boot we may be there before DNS is."""
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + _PAUSE_WITHOUT_ADDRESS.total_seconds()
        facts = {"server": self._server[0], "port": self._server[1], "resource": str(self._subscriber.resource)}
        try:
            self._server = _resolved(self._server, self._socket.family)
            own = address_seen_from(self._socket, self._server)
        except OSError as error:
            if not self._is_told:
                reason = {"reason": error.strerror or str(error)}
                logger.warning("registrar to subscribe at is not found, it is looked for again", extra=facts | reason)
            self._is_told = True
            return None
        subscriber = replace(self._subscriber, own=own)
        self._subscription = Subscription(subscriber, make_key=_key, now=_steady_now(), timing=self._timing)
        logger.info("subscribing to registrations", extra=facts)
        return self._subscription

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, source = self._socket.recvfrom(_LARGEST_DATAGRAM)
            except OSError:  # nothing more, or an ICMP error: nobody listens there now
                return
            if self._subscription is None:
                continue
            taken = self._subscription.take(data, (source[0], source[1]), now=_steady_now())
            if taken.reply is not None:
                self._send(taken.reply.payload, taken.reply.address)
            for seen in taken.seen:
                self._tell(seen)

    def _tell(self, seen: Seen) -> None:
        mac = seen.contact.mac
        phone = None if mac is None else self._known(mac)
        registration = None if phone is None else reported_registration(seen, phone, received_at=self._clock())
        if registration is not None:
            self._on_accepted(registration)

    def _send(self, payload: bytes | None, address: Address) -> None:
        if payload is not None:
            with suppress(OSError):  # lost, as datagrams may be: it is sent again
                self._socket.sendto(payload, address)


def _resolved(server: Address, family: socket.AddressFamily) -> Address:
    name = socket.getaddrinfo(*server, family, socket.SOCK_DGRAM)[0][4]
    return str(name[0]), int(name[1])


def _steady_now() -> datetime:
    """A time that goes on evenly: one that is set would let the subscription end."""
    return _EPOCH + timedelta(seconds=time.monotonic())


def _key() -> str:
    return secrets.token_hex(16)
