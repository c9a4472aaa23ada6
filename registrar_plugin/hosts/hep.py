"""The HEPv3 listener: hears which REGISTERs somebody else's registrar accepted, in a thread of its own."""

import logging
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from registrar_plugin.hosts.hep_mirror import HepMirror
from registrar_plugin.hosts.hep_rules import HepSettings
from registrar_plugin.hosts.hep_tally import HepCounts, HepTally
from registrar_plugin.hosts.listener import Listener, Transport, bound_socket, socket_address
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_LARGEST_DATAGRAM = 65_535
_AT_ONCE = 64
_MILLISECONDS_TO_STOP = 250
_SECONDS_TO_STOP = 5.0
_SO_RXQ_OVFL = 40
"""Linux: how many datagrams did not fit into the buffer so far, once there were any; Python has no name for it."""
_COUNT = struct.Struct("@I")


class HepListener:
    """Calls *on_accepted* for each accepted registration, in its own thread.

    That must return at once and raise nothing. Whatever is heard, the listener goes on: what was of no use is counted,
    and told at most once in *tell_every*.
    """

    def __init__(
        self,
        settings: HepSettings,
        *,
        on_accepted: Callable[[AcceptedRegistration], None],
        clock: Callable[[], datetime],
        tell_every: timedelta = timedelta(seconds=10),
    ) -> None:
        self._settings = settings
        self._on_accepted = on_accepted
        self._clock = clock
        self._tell_every = tell_every.total_seconds()
        self._mirror = HepMirror(settings)
        self._tally = HepTally()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="hep", daemon=True)
        self._socket: socket.socket

    @property
    def counts(self) -> HepCounts:
        """What happened so far."""
        return self._tally.counts

    def start(self) -> Address:
        """Listen from now on; the address that was bound.

        Raises:
            OSError: it cannot be bound; the text says which. Nothing is started.
        """
        self._socket = bound_socket(Listener(Transport.UDP, *self._settings.listen))
        with suppress(OSError):  # elsewhere than on Linux nobody says what was lost
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        host, port = socket_address(self._socket)
        self._thread.start()
        logger.info("HEP listener listens", extra={"host": host, "port": port, "mode": self._settings.mode.value})
        return host, port

    def stop(self) -> None:
        """Close the socket and end the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_SECONDS_TO_STOP)

    def _run(self) -> None:
        with self._socket:
            readable = select.poll()
            readable.register(self._socket, select.POLLIN)
            tell_at = time.monotonic() + self._tell_every
            while not self._stopping.is_set():
                try:
                    if readable.poll(_MILLISECONDS_TO_STOP):
                        self._read()
                    if time.monotonic() >= tell_at:
                        tell_at = time.monotonic() + self._tell_every
                        self._tell()
                except Exception:
                    logger.exception("HEP listener stumbled")
                    self._stopping.wait(1)  # whatever it was, it does not fill the disk
            self._tell()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, ancillary, _, source = self._socket.recvmsg(_LARGEST_DATAGRAM, socket.CMSG_SPACE(_COUNT.size))
            except BlockingIOError:
                return
            self._note_lost(ancillary)
            self._take(data, source[0])

    def _take(self, data: bytes, sender: str) -> None:
        found = self._mirror.take(data, sender, now=self._clock())
        if isinstance(found, AcceptedRegistration):
            self._on_accepted(found)
            self._tally.count_accepted(sender)
        else:
            self._tally.count_not_used(found, sender)

    def _note_lost(self, ancillary: Sequence[tuple[int, int, bytes]]) -> None:
        for _, kind, data in ancillary:
            if kind == _SO_RXQ_OVFL and len(data) == _COUNT.size:
                self._tally.count_lost(_COUNT.unpack(data)[0])

    def _tell(self) -> None:
        self._tally.tell(buffer_bytes=self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
