"""The embedded registrar's edge: its sockets and its event loop, in a thread of their own."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Thread

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.check_sync_sender import CheckSyncSender
from registrar_plugin.hosts.dispatcher import Dispatcher
from registrar_plugin.hosts.flows import Flows
from registrar_plugin.hosts.listener import Listener, Transport, bound_socket, socket_address
from registrar_plugin.hosts.loop_lag import LoopLag
from registrar_plugin.hosts.stream_admission import StreamAdmission
from registrar_plugin.hosts.stream_limits import ConnectionCount, StreamLimits
from registrar_plugin.hosts.stream_listener import StreamListener
from registrar_plugin.hosts.tls import CertificateFiles, TlsCertificate
from registrar_plugin.hosts.udp import UdpEndpoint
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.registrar import Registrar
from registrar_plugin.registration import AcceptedRegistration, WrongPassword
from registrar_plugin.resync.check_sync import T1, CheckSyncAnswer
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_SECONDS_TO_STOP = 5.0


def _not_told(wrong: WrongPassword) -> None:
    """Who does not want to hear of wrong passwords."""


class EmbeddedRegistrar:
    """A registrar at all *listeners*, in a thread of its own; those with TLS need *certificate*.

    *on_accepted* and *on_wrong_password* are called in that thread, after the answer was sent; they must return at once
    and raise nothing.
    """

    def __init__(
        self,
        settings: RegistrarSettings,
        *,
        listeners: Sequence[Listener],
        on_accepted: Callable[[AcceptedRegistration], None],
        clock: Callable[[], datetime],
        on_wrong_password: Callable[[WrongPassword], None] = _not_told,
        certificate: CertificateFiles | None = None,
        limits: StreamLimits | None = None,
        t1: timedelta = T1,
    ) -> None:
        if certificate is None and any(listener.transport is Transport.TLS for listener in listeners):
            raise ValueError("TLS needs a certificate")
        self._listeners = listeners
        self._clock = clock
        self._certificate = certificate
        self._limits = limits or StreamLimits()
        self._registrar = Registrar(settings)
        self._lag = LoopLag()
        self._udp: list[UdpEndpoint] = []
        self._streams: list[StreamListener] = []
        flows = Flows(max_expires=settings.max_expires)
        self._check_syncs = CheckSyncSender(
            settings, registrar=self._registrar, flows=flows, endpoints=self._udp, clock=clock, t1=t1
        )
        self._dispatcher = Dispatcher(
            self._registrar,
            flows=flows,
            take_response=self._check_syncs.take_response,
            on_accepted=on_accepted,
            on_wrong_password=on_wrong_password,
            clock=clock,
        )
        self._ready = Future[None]()
        """Done once phones are answered, or with what was in the way."""
        self._thread = Thread(target=self._run, name="registrar", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event

    @property
    def answers(self) -> dict[int, int]:
        """How often each status was given."""
        return dict(self._registrar.answers)

    def start(self) -> tuple[Address, ...]:
        """Answer phones from now on; the address that was bound for each listener.

        Raises:
            OSError: one cannot be bound, the certificate cannot be used (the text says which), or no file descriptor is
                left for the event loop. Nothing is started; whatever else ends the loop at its start is raised too.
        """
        certificate = None if self._certificate is None else TlsCertificate(self._certificate)
        with ExitStack() as bound_sockets:
            bound = [bound_sockets.enter_context(bound_socket(listener)) for listener in self._listeners]
            self._share_out(bound, certificate)
            addresses = tuple(socket_address(each) for each in bound)
            self._thread.start()
            self._ready.result()
            bound_sockets.pop_all()
        for listener, (host, port) in zip(self._listeners, addresses, strict=True):
            facts = {"transport": listener.transport.value, "host": host, "port": port}
            logger.info("registrar listens", extra=facts)
        return addresses

    def stop(self) -> None:
        """Close all sockets and connections; a check-sync under way is cancelled."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_SECONDS_TO_STOP)

    def send_check_sync(self, mac: MacAddress) -> "Future[CheckSyncAnswer]":
        """Ask the phone whose tag claims *mac* to fetch its files again.

        The answer comes within 32 seconds, or 64 where the phone wants to know who asks.
        """
        return asyncio.run_coroutine_threadsafe(self._check_syncs.send(mac), self._loop)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._ready.done():
                logger.exception("registrar ended, no phone is answered any more")
            else:
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._lag.start()
        for endpoint in self._udp:
            endpoint.open(self._loop)
        accepting = [asyncio.create_task(listener.serve()) for listener in self._streams]
        self._ready.set_result(None)
        try:
            await self._stop.wait()
        finally:
            for endpoint in self._udp:
                endpoint.close(self._loop)
            for task in accepting:
                task.cancel()
            await asyncio.gather(*accepting, return_exceptions=True)

    def _share_out(self, bound: Sequence[socket.socket], certificate: TlsCertificate | None) -> None:
        """Give each socket to what speaks its transport."""
        count = ConnectionCount(self._limits)
        take, admission = self._dispatcher, Admission(clock=self._clock)
        streams = StreamAdmission(admission, self._lag, receive=take.receive, turn_away=take.turn_away)
        for listener, each in zip(self._listeners, bound, strict=True):
            if listener.transport is Transport.UDP:
                endpoint = UdpEndpoint(each, receive=take.receive, turn_away=take.turn_away, admission=admission)
                self._udp.append(endpoint)
                continue
            self._streams.append(
                StreamListener(
                    each,
                    certificate=certificate if listener.transport is Transport.TLS else None,
                    receive=streams.take,
                    refuse=take.refuse,
                    count=count,
                    limits=self._limits,
                )
            )
