"""The embedded registrar's edge: a UDP socket, a clock, a thread with an event loop."""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import Event, Thread

from autoprov_phones.mac import MacAddress
from registrar_plugin.check_sync import (
    METHOD,
    T1,
    Answered,
    CheckSyncAnswer,
    Unanswered,
    check_sync_for,
    phone_address,
    retransmission_pauses,
)
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.response import parse_response
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_RECEIVE_BUFFER = 1 << 20
"""A building's phones register at the same second when its power comes back."""
_SECONDS_TO_STOP = 5.0


class EmbeddedRegistrar:
    """A registrar on one UDP address, in a thread of its own.

    *on_accepted* is called in that thread, after the 200 was sent; it must return at once and raise nothing.
    """

    def __init__(
        self,
        settings: RegistrarSettings,
        *,
        host: str,
        port: int,
        on_accepted: Callable[[AcceptedRegistration], None],
        clock: Callable[[], datetime],
        t1: timedelta = T1,
    ) -> None:
        self._settings = settings
        self._listen = (host, port)
        self._on_accepted = on_accepted
        self._clock = clock
        self._t1 = t1
        self._registrar = Registrar(settings)
        self._awaited: dict[str, asyncio.Future[int]] = {}
        self._running = Event()
        self._thread = Thread(target=self._run, name="registrar", daemon=True)
        self._socket: socket.socket
        self._loop: asyncio.AbstractEventLoop
        self._transport: asyncio.DatagramTransport
        self._stop: asyncio.Event

    @property
    def answers(self) -> dict[int, int]:
        """How often each status was given."""
        return dict(self._registrar.answers)

    def start(self) -> Address:
        """Answer phones from now on; the address that was bound.

        Raises:
            OSError: it cannot be bound; the text names it.
        """
        self._socket = _bound_socket(*self._listen)
        self._thread.start()
        self._running.wait()
        host, port = self._socket_address()
        logger.info("registrar listens", extra={"host": host, "port": port})
        return host, port

    def stop(self) -> None:
        """Close the socket; a check-sync under way is cancelled."""
        if self._running.is_set():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_SECONDS_TO_STOP)

    def send_check_sync(self, mac: MacAddress) -> "Future[CheckSyncAnswer]":
        """Ask the phone whose tag claims *mac* to fetch its files again; the answer comes within 32 seconds."""
        return asyncio.run_coroutine_threadsafe(self._check_sync(mac), self._loop)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._transport, _ = await self._loop.create_datagram_endpoint(
            lambda: _Listener(self._receive), sock=self._socket
        )
        self._running.set()
        try:
            await self._stop.wait()
        finally:
            self._running.clear()
            self._transport.close()

    def _receive(self, data: bytes, source: Address) -> None:
        if data[:4].upper() == b"SIP/":
            self._take_response(data)
            return
        outcome = self._registrar.handle(data, source, now=self._clock())
        if outcome.reply is not None:
            self._transport.sendto(outcome.reply.payload, outcome.reply.address)
        if outcome.accepted is not None:
            self._on_accepted(outcome.accepted)

    def _take_response(self, data: bytes) -> None:
        try:
            response = parse_response(data)
        except SipSyntaxError:
            return
        awaited = self._awaited.get(response.via.branch)
        is_final = response.status >= 200 and response.cseq_method == METHOD
        if awaited is not None and is_final and not awaited.done():
            awaited.set_result(response.status)

    async def _check_sync(self, mac: MacAddress) -> CheckSyncAnswer:
        """A non-INVITE client transaction (§17.1.2)."""
        binding = self._registrar.binding_of(mac, now=self._clock())
        if binding is None:
            return Unanswered.NOT_REGISTERED
        address = phone_address(binding)
        notify = check_sync_for(
            binding,
            user=self._settings.user,
            realm=self._settings.realm,
            sent_by=_sent_by(self._socket_address(), towards=address),
            key=secrets.token_hex(16),
        )
        awaited = self._awaited[notify.branch] = self._loop.create_future()
        try:
            for pause in retransmission_pauses(self._t1):
                self._transport.sendto(notify.to_bytes(), address)
                done, _ = await asyncio.wait({awaited}, timeout=pause.total_seconds())
                if done:
                    return Answered(awaited.result())
            return Unanswered.NO_ANSWER
        finally:
            del self._awaited[notify.branch]

    def _socket_address(self) -> Address:
        name = self._socket.getsockname()
        return name[0], name[1]


class _Listener(asyncio.DatagramProtocol):
    """Passes datagrams on; an ICMP error is no news, for a phone that is gone shows by its silence."""

    def __init__(self, receive: Callable[[bytes, Address], None]) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, (addr[0], addr[1]))


def _bound_socket(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    bound.setblocking(False)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise OSError(error.errno, f"cannot listen on {host}:{port}/udp: {error.strerror}") from error
    return bound


def _sent_by(bound: Address, *, towards: Address) -> Address:
    """The address under which a phone sees us; for a socket on all addresses, the one its route begins at."""
    if bound[0] != "0.0.0.0":  # noqa: S104 - compared, not bound
        return bound
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(towards)  # sends nothing
        return probe.getsockname()[0], bound[1]
