"""Which of waitress's connections are closed so that others are served: slow ones, and the oldest of who has most.

Waitress closes what is silent; a client that sends or takes a byte now and then it would keep for ever.
"""

import logging
from collections.abc import Mapping

from waitress.channel import HTTPChannel

from autoprov_web.networks import Address, asker_of, parse_address

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 30.0
"""A request has arrived whole by then, and an answer been taken."""
CROWDED = 240
"""Connections from which on room is made; a building's phones have one each."""
FEW = 4
"""So many of one address are never too many."""
_AT_ONCE = 40
_WARN_EVERY = 60.0
_NOBODY: Address = (0, 0)


class ConnectionGuard:
    """Looks after the connections among *dispatchers*, waitress's own map. For the thread of its loop alone."""

    def __init__(self, dispatchers: Mapping[int, object], *, name: str) -> None:
        self._dispatchers = dispatchers
        self._name = name
        self._unfinished: dict[HTTPChannel, tuple[object, float]] = {}
        self._next_look = 0.0
        self._next_warning = 0.0

    def look(self, *, now: float) -> None:
        """Close what has to be closed at *now* (seconds of a clock that never goes back): at each turn of the loop."""
        if len(self._dispatchers) > CROWDED:
            self._make_room(now)
        if now >= self._next_look:
            self._next_look = now + 1
            self._close_slow(now)

    def _close_slow(self, now: float) -> None:
        before, self._unfinished = self._unfinished, {}
        for channel in self._channels():
            matter = _unfinished_matter(channel)
            if matter is None:
                continue
            known, since = before.get(channel, (None, now))
            if known is not matter:
                since = now
            if now - since > REQUEST_SECONDS:
                channel.handle_close()
            else:
                self._unfinished[channel] = (matter, since)

    def _make_room(self, now: float) -> None:
        """Newer connections stay, so that a phone behind the same NAT as a flood has time for its request."""
        by_asker: dict[Address, list[HTTPChannel]] = {}
        for channel in self._channels():
            by_asker.setdefault(_asker(channel), []).append(channel)
        most = max(by_asker.values(), key=len, default=list[HTTPChannel]())
        if len(most) <= FEW:
            return
        idle = [channel for channel in most if not channel.requests]
        for channel in sorted(idle, key=lambda channel: channel.creation_time)[:_AT_ONCE]:
            channel.handle_close()
        if now >= self._next_warning:
            self._next_warning = now + _WARN_EVERY
            logger.warning(
                "connections of one address are closed, others need room",
                extra={"server": self._name, "address": str(most[0].addr[0]), "open": len(most)},
            )

    def _channels(self) -> list[HTTPChannel]:
        return [each for each in self._dispatchers.values() if isinstance(each, HTTPChannel)]


def _unfinished_matter(channel: HTTPChannel) -> object | None:
    """What the client has to get on with: a request that is not whole, or an answer that it has not taken."""
    if channel.request is not None:
        return channel.request
    return channel.outbufs[0] if channel.total_outbufs_len else None


def _asker(channel: HTTPChannel) -> Address:
    address = parse_address(str(channel.addr[0]))
    return _NOBODY if address is None else asker_of(address)
