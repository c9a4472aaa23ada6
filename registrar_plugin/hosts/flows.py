"""Through which socket or connection each registered phone is reached (RFC 5626's word is flow)."""

from datetime import datetime, timedelta

from registrar_plugin.bindings import Binding
from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.hosts.stream import StreamConnection
from registrar_plugin.hosts.udp import UdpFlow
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import Address

Flow = UdpFlow | StreamConnection
_LIMIT = 50_000


class Flows:
    """Remembers the flow of each accepted registration as long as a binding can live."""

    def __init__(self, *, max_expires: timedelta) -> None:
        self._flows = ExpiringMap[tuple[Address, str], Flow](life=max_expires, limit=_LIMIT)

    def note(self, registration: AcceptedRegistration, flow: Flow) -> None:
        """Remember through what this registration came."""
        self._flows.set((registration.source, registration.call_id), flow, now=registration.received_at)
        if isinstance(flow, StreamConnection):
            flow.keep_for(registration.expires)

    def of(self, binding: Binding, *, now: datetime) -> Flow | None:
        """Through what the request that made the binding came."""
        return self._flows.get((binding.source, binding.call_id), now=now)
