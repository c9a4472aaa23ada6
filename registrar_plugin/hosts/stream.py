"""One TCP or TLS connection of a phone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import assert_never, cast

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.registrar import Datagram
from registrar_plugin.sip.framing import PONG, Broken, KeepAlive, StreamFraming
from registrar_plugin.sip.via import Address

READ_BYTES = 4096
"""Taken at once, so that one phone with much to say does not hold up the others."""
_REST = timedelta(seconds=1)
"""As long as the shares of an overload are counted."""


class StreamConnection(asyncio.BufferedProtocol):
    """Gives each whole message to *receive*, what cannot be framed to *refuse*; closes when a limit is reached.

    It reads into *room*, READ_BYTES that all connections share, for what is in it is used before the next one reads.
    """

    def __init__(
        self,
        transport: Transport,
        source: Address,
        *,
        receive: Callable[[bytes, "StreamConnection"], None],
        refuse: Callable[[Broken, "StreamConnection"], None],
        limits: StreamLimits,
        room: memoryview,
    ) -> None:
        self.transport = transport
        self.source = source
        self.closed = asyncio.Event()
        self._receive = receive
        self._refuse = refuse
        self._limits = limits
        self._room = room
        self._framing = StreamFraming()
        self._idle = limits.stranger_idle
        self._timer: asyncio.TimerHandle | None = None
        self._is_hurried = False
        self._is_peer_deaf = False
        self._is_resting = False
        self._is_ended = False
        self._behind_since: float | None = None
        self._was_full = False
        self._connection: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        """Whether something can still be sent."""
        return self._connection is not None and not self._is_ended and not self._connection.is_closing()

    @property
    def behind_for(self) -> timedelta:
        """How long the peer has been sending faster than we read: since then there was always more than one read took.

        In truth a message waited less, as a rule. But all that time the loop had no rest.
        """
        if self._behind_since is None:
            return timedelta(0)
        return timedelta(seconds=asyncio.get_running_loop().time() - self._behind_since)

    def rest(self) -> None:
        """Read nothing for a moment: what the peer has to say waits on its side."""
        if self._connection is not None and not self._is_resting:
            self._is_resting = True
            self._connection.pause_reading()
            asyncio.get_running_loop().call_later(_REST.total_seconds(), self._end_rest)

    def send(self, datagram: Datagram) -> None:
        """Send its payload; wherever it should go, on this connection it goes."""
        if self._connection is not None and not self._is_ended:
            self._connection.write(datagram.payload)

    def own_address(self) -> Address:
        """The address under which the phone sees us."""
        assert self._connection is not None
        name = self._connection.get_extra_info("sockname")
        return name[0], name[1]

    def keep_for(self, registration: timedelta) -> None:
        """Let the phone be silent as long as its registration lives: through here its check-sync will go."""
        self._idle = max(self._limits.stranger_idle, registration + self._limits.registration_grace)

    def abort(self) -> None:
        """Close at once, whatever is unsent."""
        if self._connection is not None:
            self._connection.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: it is open, its TLS handshake done."""
        self._connection = cast("asyncio.Transport", transport)
        self._restart_timer()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """asyncio: it is closed, by whomever."""
        self._connection = None
        if self._timer is not None:
            self._timer.cancel()
        self.closed.set()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """asyncio: where to read to."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """asyncio: so much was read."""
        has_message = False
        self._note_haste(is_full=nbytes == READ_BYTES)
        for item in self._framing.feed(bytes(self._room[:nbytes])):
            match item:
                case bytes():
                    has_message = True
                    self._receive(item, self)
                case KeepAlive():
                    self.send(Datagram(PONG, self.source))
                case Broken():
                    self._refuse(item, self)
                    self._end()
                case _:
                    assert_never(item)
        if has_message or (self._framing.held_bytes > 0 and not self._is_hurried):
            self._restart_timer()

    def eof_received(self) -> None:
        """asyncio: the peer has said all, and may still hear what is wrong with it; then it is closed."""
        self._refuse_unfinished()

    def pause_writing(self) -> None:
        """asyncio: the peer does not read what we answer; until it does, we read nothing either."""
        self._is_peer_deaf = True
        if self._connection is not None:
            self._connection.pause_reading()
        self._restart_timer()

    def resume_writing(self) -> None:
        """asyncio: it has read."""
        self._is_peer_deaf = False
        self._read_on()

    def _end_rest(self) -> None:
        self._is_resting = False
        self._read_on()

    def _read_on(self) -> None:
        """Read again, unless there is another reason not to."""
        if self._connection is None or self._connection.is_closing():
            return
        if not (self._is_peer_deaf or self._is_resting):
            self._connection.resume_reading()
        self._restart_timer()

    def _note_haste(self, *, is_full: bool) -> None:
        """One short read is the sender taking breath, as TCP's window makes it; two of them have caught up with it."""
        if is_full and self._behind_since is None:
            self._behind_since = asyncio.get_running_loop().time()
        if not is_full and not self._was_full:
            self._behind_since = None
        self._was_full = is_full

    def _restart_timer(self) -> None:
        """The next message may take its time, but not the rest of one that has begun; keep-alives gain nothing."""
        self._is_hurried = self._is_peer_deaf or self._is_ended or self._framing.held_bytes > 0
        time = self._limits.message if self._is_hurried else self._idle
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(time.total_seconds(), self._give_up)

    def _give_up(self) -> None:
        """Wait no longer; who has begun to say something is told so, if he listens."""
        if self._connection is None or self._is_peer_deaf:
            self.abort()
            return
        self._refuse_unfinished()
        self._connection.close()
        self._timer = asyncio.get_running_loop().call_later(self._limits.message.total_seconds(), self.abort)

    def _refuse_unfinished(self) -> None:
        unfinished = self._framing.unfinished()
        if unfinished is not None:
            self._refuse(unfinished, self)

    def _end(self) -> None:
        """Say no more, once our answer is sent, and take no notice of what still comes.

        Closing at once would reset the connection while the peer is sending, and some lose the answer then.
        """
        if self._connection is None:
            return
        if self._connection.can_write_eof():
            self._is_ended = True
            self._connection.write_eof()
            self._restart_timer()
        else:
            self._connection.close()
