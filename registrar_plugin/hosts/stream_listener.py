"""Takes TCP and TLS connections, as many as the limits allow."""

import asyncio
import logging
import socket
from collections.abc import Callable
from datetime import timedelta

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream import READ_BYTES, StreamConnection
from registrar_plugin.hosts.stream_limits import ConnectionCount, StreamLimits
from registrar_plugin.hosts.tls import TlsCertificate
from registrar_plugin.sip.framing import Broken
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_PAUSE_WITHOUT_FILES = timedelta(seconds=1)
_TLS_GOODBYE = timedelta(seconds=2)


class StreamListener:
    """Accepts from a bound socket; a connection is counted before its TLS handshake, which strangers may never end.

    With a *certificate* it speaks TLS. *receive* and *refuse* are those of ``StreamConnection``.
    """

    def __init__(
        self,
        bound: socket.socket,
        *,
        certificate: TlsCertificate | None,
        receive: Callable[[bytes, StreamConnection], None],
        refuse: Callable[[Broken, StreamConnection], None],
        count: ConnectionCount,
        limits: StreamLimits,
    ) -> None:
        self._socket = bound
        self._certificate = certificate
        self._receive = receive
        self._refuse = refuse
        self._count = count
        self._limits = limits
        self._room = memoryview(bytearray(READ_BYTES))
        self._tasks = set[asyncio.Task[None]]()

    async def serve(self) -> None:
        """Accept until cancelled; then every connection is closed at once."""
        try:
            while True:
                await self._accept()
        finally:
            self._socket.close()
            await asyncio.sleep(0)  # a task that has not begun would never close its socket
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self) -> None:
        try:
            accepted, name = await asyncio.get_running_loop().sock_accept(self._socket)
        except OSError as error:  # no file descriptor is left, or the peer has gone already
            logger.warning("connection cannot be accepted", extra={"reason": str(error)})
            await asyncio.sleep(_PAUSE_WITHOUT_FILES.total_seconds())
            return
        source = (name[0], name[1])
        if not self._count.admit(source[0]):
            accepted.close()
            logger.debug("too many connections, one is refused", extra={"host": source[0]})
            return
        task = asyncio.create_task(self._serve_one(accepted, source))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve_one(self, accepted: socket.socket, source: Address) -> None:
        connection = StreamConnection(
            Transport.TCP if self._certificate is None else Transport.TLS,
            source,
            receive=self._receive,
            refuse=self._refuse,
            limits=self._limits,
            room=self._room,
        )
        try:
            await self._open(accepted, connection)
            await connection.closed.wait()
        except OSError as error:  # ssl.SSLError is one
            logger.debug("TLS handshake failed", extra={"host": source[0], "reason": str(error)})
        finally:
            connection.abort()
            self._count.release(source[0])

    async def _open(self, accepted: socket.socket, connection: StreamConnection) -> None:
        loop = asyncio.get_running_loop()
        if self._certificate is None:
            await loop.connect_accepted_socket(lambda: connection, accepted)
            return
        await loop.connect_accepted_socket(
            lambda: connection,
            accepted,
            ssl=self._certificate.context(),
            ssl_handshake_timeout=self._limits.handshake.total_seconds(),
            ssl_shutdown_timeout=_TLS_GOODBYE.total_seconds(),
        )
