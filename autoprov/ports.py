"""The ports at which an installation listens, by the settings. Pure."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from autoprov.settings.reader import Listen
from autoprov.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Port:
    """*part* (one of ``compose.PARTS``) listens there, as *key* in the settings says."""

    part: str
    key: str
    at: Listen
    kind: socket.SocketKind

    @property
    def protocol(self) -> str:
        """``tcp`` or ``udp``."""
        return "udp" if self.kind is socket.SOCK_DGRAM else "tcp"

    def __str__(self) -> str:
        return f"{self.at}/{self.protocol}"


def ports_of(settings: Settings) -> Iterator[Port]:
    """Those of all parts that the settings ask for."""
    yield Port("web", "[web] listen", settings.web.listen, socket.SOCK_STREAM)
    for each in settings.registrar.listeners:
        yield Port("registrar", "[registrar] listen", Listen(each.host, each.port), each.transport.socket_kind)
    yield Port("console", "[console] listen", settings.console.listen, socket.SOCK_STREAM)
    if settings.config_system.kind == "embedded":
        yield Port("inventory", "[inventory] listen", settings.inventory_listen, socket.SOCK_STREAM)
    if settings.hep is not None:
        yield Port("hep", "[hep] listen", Listen(*settings.hep.listen), socket.SOCK_DGRAM)
    if settings.sipxecs is not None and settings.sipxecs.reg_event is not None:
        listen = settings.sipxecs.reg_event.listen
        yield Port("reg-event", "[sipxecs] reg_event_listen", listen, socket.SOCK_DGRAM)
