"""The ``[registrar]`` table: where phones register, and by what."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path

from autoprov.settings.reader import Listen, TableReader, read_listen
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.hosts.stream_limits import StreamLimits
from registrar_plugin.hosts.tls import CertificateFiles
from registrar_plugin.sip.digest import Algorithm

_REALM = r"[A-Za-z0-9_.\-]+"
_LISTENER = re.compile(r"(udp|tcp|tls):(.+)")
_DIGESTS = {
    "MD5": (Algorithm.MD5,),
    "SHA-256": (Algorithm.SHA_256,),
    "both": (Algorithm.SHA_256, Algorithm.MD5),
}
_OURS = "autoprov"
_SHORTEST_EXPIRES = timedelta(seconds=60)
_ANY_HOST = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


@dataclass(frozen=True, slots=True)
class RegistrarSettings:
    """The embedded registrar, or another one that takes its place where *is_ours* is false.

    *listen* is for UDP and TCP, *more_listeners* are those besides. Phones are told *address*, *transport* and the port
    of the first listener that has it; of the other registrar, *pbx_port*. *digest* are the algorithms that they are
    offered, the best first.
    """

    is_ours: bool
    pbx_port: int
    listen: Listen
    more_listeners: tuple[Listener, ...]
    address: str
    transport: Transport
    certificate: CertificateFiles | None
    limits: StreamLimits
    realm: str
    expires: timedelta
    digest: tuple[Algorithm, ...]

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """All of ours; none where phones register elsewhere."""
        if not self.is_ours:
            return ()
        first = (
            Listener(transport, self.listen.host, self.listen.port) for transport in (Transport.UDP, Transport.TCP)
        )
        return (*first, *self.more_listeners)

    @property
    def told_port(self) -> int:
        """The port that phones are told."""
        if not self.is_ours:
            return self.pbx_port
        return next((each.port for each in self.listeners if each.transport is self.transport), self.listen.port)


def read_registrar(table: TableReader, base: Path) -> RegistrarSettings:
    """The table's settings; relative paths start at *base*."""
    certificate, key = (table.text(name, "", meaning="a path") for name in ("tls_certificate", "tls_key"))
    limits = StreamLimits()
    return RegistrarSettings(
        is_ours=table.choice("by", _OURS, among=(_OURS, "pbx")) == _OURS,
        pbx_port=table.integer("pbx_port", 5060, low=0, high=65535),
        listen=table.listen("listen", "0.0.0.0:5066"),
        more_listeners=_listeners(table),
        address=table.host("address", "127.0.0.1"),
        transport=Transport(table.choice("transport", "udp", among=tuple(each.value for each in Transport))),
        certificate=CertificateFiles(base / certificate, base / key) if certificate and key else None,
        limits=StreamLimits(
            connections=table.integer("connections", limits.connections, low=1, high=100_000),
            connections_per_address=table.integer(
                "connections_per_address", limits.connections_per_address, low=1, high=100_000
            ),
        ),
        realm=table.text("realm", "autoprov", pattern=_REALM, meaning="a realm"),
        expires=table.duration("expires", "300s"),
        digest=_DIGESTS[table.choice("digest", "MD5", among=tuple(_DIGESTS))],
    )


def registrar_contradictions(settings: RegistrarSettings) -> list[str]:
    """What is right key by key and wrong together."""
    problems: list[str] = []
    if settings.expires < _SHORTEST_EXPIRES:
        problems.append("[registrar] expires: at least 60s")
    has_tls = any(listener.transport is Transport.TLS for listener in settings.listeners)
    if has_tls and settings.certificate is None:
        problems.append("[registrar] listeners: tls needs tls_certificate and tls_key")
    if settings.is_ours and settings.transport is Transport.TLS and not has_tls:
        problems.append('[registrar] transport: tls needs a listener, e.g. listeners = ["tls:0.0.0.0:5067"]')
    problems += [
        f"[registrar] listeners: {second} is taken by {first}"
        for first, second in combinations(settings.listeners, 2)
        if _collide(first, second)
    ]
    return problems


def _listeners(table: TableReader) -> tuple[Listener, ...]:
    listeners: list[Listener] = []
    for text in table.texts("listeners"):
        match = _LISTENER.fullmatch(text)
        listen = None if match is None else read_listen(match[2])
        if match is None or listen is None:
            table.problems.append(f'[registrar] listeners: {text!r} is not a listener such as "tls:0.0.0.0:5067"')
        else:
            listeners.append(Listener(Transport(match[1]), listen.host, listen.port))
    return tuple(listeners)


def _collide(one: Listener, other: Listener) -> bool:
    """Whether both cannot be bound; IPv4 and IPv6 have their ports each."""
    is_same_port = one.port == other.port != 0 and (one.transport is Transport.UDP) == (
        other.transport is Transport.UDP
    )
    is_same_family = (":" in one.host) == (":" in other.host)
    takes_all = one.host in _ANY_HOST or other.host in _ANY_HOST
    return is_same_port and is_same_family and (one.host == other.host or takes_all)
