"""Ports that two servers of one installation are to listen at."""

from itertools import chain, combinations, product

from autoprov.settings.reader import Listen
from autoprov.settings.settings import Settings
from registrar_plugin.hosts.listener import Transport


def shared_ports(settings: Settings) -> list[str]:
    """The HTTP servers that could not start beside each other, or beside the registrar."""
    servers = {"[web] listen": settings.web.listen, "[console] listen": settings.console.listen}
    if settings.config_system.kind == "embedded":
        servers["[inventory] listen"] = settings.inventory_listen
    streams = {
        f"[registrar] {listener.transport.value}": Listen(listener.host, listener.port)
        for listener in settings.registrar.listeners
        if listener.transport is not Transport.UDP
    }
    return [
        f"{second}: {second_listen} is taken by {first} {first_listen}"
        for (first, first_listen), (second, second_listen) in chain(
            combinations(servers.items(), 2), product(streams.items(), servers.items())
        )
        if _collide(first_listen, second_listen)
    ]


def _collide(one: Listen, other: Listen) -> bool:
    everywhere = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    return one.port == other.port != 0 and (one.host == other.host or not everywhere.isdisjoint({one.host, other.host}))
