"""A thread that waits for datagrams at one socket, and goes on whatever they lead to."""

import logging
import select
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

logger = logging.getLogger(__name__)

_LONGEST_WAIT = timedelta(milliseconds=250)
"""So soon it notices that it is to stop."""
_SECONDS_TO_STOP = 5.0
_SECONDS_AFTER_STUMBLING = 1.0
"""Whatever it was, it does not fill the disk."""


class SocketThread:
    """Calls *read* whenever something has come, and *act* before each wait for it, both in its own thread.

    *act* does what is due, and says after how long it wants to be called again at the latest.
    """

    def __init__(self, name: str, *, read: Callable[[], None], act: Callable[[], timedelta]) -> None:
        self._name = name
        self._read = read
        self._act = act
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._socket: socket.socket

    def start(self, bound: socket.socket) -> None:
        """Wait at *bound* from now on; it is closed at the end."""
        self._socket = bound
        self._thread.start()

    def stop(self) -> None:
        """End the thread, if it was started."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_SECONDS_TO_STOP)

    def _run(self) -> None:
        with self._socket:
            readable = select.poll()
            readable.register(self._socket, select.POLLIN)
            while not self._stopping.is_set():
                try:
                    wait = min(self._act(), _LONGEST_WAIT)
                    if readable.poll(max(0, wait / timedelta(milliseconds=1))):
                        self._read()
                except Exception:
                    logger.exception("listener stumbled", extra={"listener": self._name})
                    self._stopping.wait(_SECONDS_AFTER_STUMBLING)


def once_in(period: timedelta, tell: Callable[[], None]) -> Callable[[], timedelta]:
    """An *act* that calls *tell* when each *period* is over."""
    tell_at = time.monotonic() + period.total_seconds()

    def act() -> timedelta:
        nonlocal tell_at
        now = time.monotonic()
        if now >= tell_at:
            tell_at = now + period.total_seconds()
            tell()
        return timedelta(seconds=tell_at - now)

    return act
