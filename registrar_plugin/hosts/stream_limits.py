"""How much of us strangers may hold through connections."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from registrar_plugin.hosts.peer import peer_of


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Limits of all TCP and TLS listeners of one registrar.

    *connections_per_address* must hold a building behind one NAT. *message* is the time from a message's first byte to
    its last, and also what a peer gets to read our answer. *stranger_idle* is for a connection over which nobody has
    registered; a phone's may stay silent until *registration_grace* after its registration would have ended.
    """

    connections: int = 1000
    connections_per_address: int = 100
    handshake: timedelta = timedelta(seconds=10)
    message: timedelta = timedelta(seconds=10)
    stranger_idle: timedelta = timedelta(seconds=30)
    registration_grace: timedelta = timedelta(seconds=30)


class ConnectionCount:
    """Counts the connections that are open, those amid their TLS handshake included."""

    def __init__(self, limits: StreamLimits) -> None:
        self._limits = limits
        self._by_peer = Counter[str | bytes]()
        self._all = 0

    def admit(self, host: str) -> bool:
        """Count one more from *host*, unless a limit is reached."""
        peer = peer_of(host)
        if self._all >= self._limits.connections or self._by_peer[peer] >= self._limits.connections_per_address:
            return False
        self._all += 1
        self._by_peer[peer] += 1
        return True

    def release(self, host: str) -> None:
        """Count one less from *host*."""
        peer = peer_of(host)
        self._all -= 1
        self._by_peer[peer] -= 1
        if self._by_peer[peer] <= 0:
            del self._by_peer[peer]
