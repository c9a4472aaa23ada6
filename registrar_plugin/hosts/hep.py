"""The HEPv3 listener: hears which REGISTERs somebody else's registrar accepted, in a thread of its own."""

import logging
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from registrar_plugin.hosts.hep_mirror import HepMirror
from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.hosts.hep_rules import HepSettings
from registrar_plugin.hosts.hep_tally import HepCounts, HepTally
from registrar_plugin.hosts.listener import Listener, Transport, bound_socket, socket_address
from registrar_plugin.hosts.lost_datagrams import ANCILLARY_BYTES, ask_for_losses, lost_so_far
from registrar_plugin.hosts.socket_thread import SocketThread, once_in
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import Address

logger = logging.getLogger(__name__)

_LARGEST_DATAGRAM = 65_535
_AT_ONCE = 64


class HepListener:
    """Calls *on_accepted* for each accepted registration, in its own thread.

    That must return at once and raise nothing. *account* as in ``HepMirror``. Whatever is heard, the listener goes on:
    what was of no use is counted, and told when it begins, again after *tell_every*, less and less often while it
    lasts, and when it is over.
    """

    def __init__(
        self,
        settings: HepSettings,
        *,
        on_accepted: Callable[[AcceptedRegistration], None],
        clock: Callable[[], datetime],
        account: PhonesAccount | None = None,
        tell_every: timedelta = timedelta(seconds=10),
    ) -> None:
        self._settings = settings
        self._on_accepted = on_accepted
        self._clock = clock
        self._mirror = HepMirror(settings, account=account)
        self._tally = HepTally(first_pause=tell_every)
        self._thread = SocketThread("hep", read=self._read, act=once_in(tell_every, self._tell))
        self._socket: socket.socket
        self._buffer_bytes = 0

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
        self._buffer_bytes = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        ask_for_losses(self._socket)
        host, port = socket_address(self._socket)
        self._thread.start(self._socket)
        logger.info("HEP listener listens", extra={"host": host, "port": port, "mode": self._settings.mode.value})
        return host, port

    def stop(self) -> None:
        """End the thread and close the socket."""
        self._thread.stop()
        self._tell(is_last=True)

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, ancillary, _, source = self._socket.recvmsg(_LARGEST_DATAGRAM, ANCILLARY_BYTES)
            except BlockingIOError:
                return
            lost = lost_so_far(ancillary)
            if lost is not None:
                self._tally.count_lost(lost)
            self._take(data, source[0])

    def _take(self, data: bytes, sender: str) -> None:
        found = self._mirror.take(data, sender, now=self._clock())
        if isinstance(found, AcceptedRegistration):
            self._on_accepted(found)
            self._tally.count_accepted(sender)
        else:
            self._tally.count_not_used(found, sender)

    def _tell(self, *, is_last: bool = False) -> None:
        now = timedelta(seconds=time.monotonic())
        self._tally.tell(buffer_bytes=self._buffer_bytes, now=now, is_last=is_last)
