"""The Unix socket on which a plug-in within somebody else's registrar tells us of accepted registrations."""

import errno
import logging
import os
import socket
import stat
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from registrar_plugin.hosts.plugin_datagram import PluginDatagramError, read_datagram
from registrar_plugin.hosts.recurring import Moment, RecurringTrouble
from registrar_plugin.hosts.retransmissions import Retransmissions
from registrar_plugin.hosts.socket_thread import SocketThread, once_in
from registrar_plugin.registration import AcceptedRegistration

logger = logging.getLogger(__name__)

MODE = 0o660
"""The registrar's user has to be in the socket's group, which is its directory's where that has the setgid bit."""
_LARGEST_DATAGRAM = 65_536
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class PluginCounts:
    """What became of the datagrams since the start; the kernel does not tell us how many found its queue full."""

    accepted: int
    repeated: int
    unusable: int


class PluginSocket:
    """Calls *on_accepted* for each registration that is told, in its own thread; that must return at once.

    Whatever comes, it goes on: what is of no use is counted, and told when it begins, again after *tell_every*, less
    and less often while it lasts, and when it is over.
    """

    def __init__(
        self,
        path: Path,
        *,
        on_accepted: Callable[[AcceptedRegistration], None],
        clock: Callable[[], datetime],
        tell_every: timedelta = timedelta(seconds=10),
    ) -> None:
        self._path = path
        self._on_accepted = on_accepted
        self._clock = clock
        self._retransmissions = Retransmissions()
        self._counts: Counter[str] = Counter()
        self._trouble = RecurringTrouble(first_pause=tell_every)
        self._told_unusable = 0
        self._last_trouble = ""
        self._thread = SocketThread("plugin-socket", read=self._read, act=once_in(tell_every, self._tell))
        self._socket: socket.socket
        self._inode: int | None = None

    @property
    def counts(self) -> PluginCounts:
        """What happened so far."""
        counts = self._counts
        return PluginCounts(counts["accepted"], counts["repeated"], counts["unusable"])

    def start(self) -> None:
        """Listen from now on.

        Raises:
            OSError: the socket cannot be made there, or somebody listens there already. Nothing is started.
        """
        self._socket = _listening_socket(self._path)
        self._inode = self._path.stat().st_ino
        self._thread.start(self._socket)
        logger.info("plug-in socket listens", extra={"socket": str(self._path)})

    def stop(self) -> None:
        """End the thread and take the socket's file away."""
        self._thread.stop()
        self._tell(is_last=True)
        with suppress(OSError):
            if self._path.stat().st_ino == self._inode:  # a successor may have put its own there
                self._path.unlink()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data = self._socket.recv(_LARGEST_DATAGRAM)  # a longer one loses its end, which is of no matter
            except BlockingIOError:
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        now = self._clock()
        try:
            told = read_datagram(data, received_at=now)
        except PluginDatagramError as error:
            self._counts["unusable"] += 1
            self._last_trouble = str(error)
            return
        if self._retransmissions.note(told.registration, told.cseq, now=now):
            self._counts["repeated"] += 1
            return
        if not self._counts["accepted"]:
            logger.info("registrations are told by a plug-in", extra={"socket": str(self._path)})
        self._counts["accepted"] += 1
        self._on_accepted(told.registration)

    def _tell(self, *, is_last: bool = False) -> None:
        """What went wrong since it was told last, where that is due."""
        unusable, went_well = self._counts["unusable"], self._counts["accepted"] + self._counts["repeated"]
        now = timedelta(seconds=time.monotonic())
        match self._trouble.look(unusable, went_well=went_well, now=now, is_last=is_last):
            case Moment.TROUBLE:
                facts = {"count": unusable - self._told_unusable, "last": self._last_trouble}
                self._told_unusable = unusable
                logger.warning("datagrams of no use on the plug-in socket", extra=facts)
            case Moment.OVER:
                logger.info("datagrams on the plug-in socket are of use again")
            case None:
                pass


def _listening_socket(path: Path) -> socket.socket:
    """A socket at *path*, in the place of one that nobody listens to any more.

    It gets its mode before it gets its name, so nobody ever finds it open wider, and nobody finds none.
    """
    _refuse_others(path)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        listening.setblocking(False)
        made.unlink(missing_ok=True)
        listening.bind(str(made))
        made.chmod(MODE)
        made.rename(path)
    except OSError as error:
        listening.close()
        with suppress(OSError):
            made.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    return listening


def _refuse_others(path: Path) -> None:
    """A file that is no socket of an ended process is not ours to replace.

    Raises:
        OSError: somebody listens there, or something else has that name.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(errno.EEXIST, "something stands there that is no socket", str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    raise OSError(errno.EADDRINUSE, "another process listens there", str(path))
