"""Where phones are reached: from where each was last accepted as the autoprovision user, by whatever registrar."""

from datetime import datetime, timedelta
from threading import Lock

from autoprov_phones.mac import MacAddress
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.uri import SipUri, sip_uri
from registrar_plugin.sip.via import Address

_LIMIT = 50_000


class NotKnownNow(Exception):
    """Whoever knows the phone's lines cannot be asked now: we retry. Its text says why."""


class KnownPlaces:
    """Remembers the source of each phone's last registration for as long as that was granted. Threads may share it."""

    def __init__(self) -> None:
        self._places: dict[MacAddress, tuple[datetime, Address]] = {}
        self._lock = Lock()

    def note(self, mac: MacAddress, registration: AcceptedRegistration) -> None:
        """The phone registered from there."""
        with self._lock:
            self._places.pop(mac, None)
            if registration.expires > timedelta(0):
                self._places[mac] = (registration.received_at + registration.expires, registration.source)
            if len(self._places) > _LIMIT:
                del self._places[next(iter(self._places))]

    def of(self, mac: MacAddress, *, now: datetime) -> Address | None:
        """Where the phone is registered; None once that has expired, and for a phone that this process has not seen."""
        with self._lock:
            until, source = self._places.get(mac, (now, None))
        return source if until > now else None


def phone_uri(place: Address, *, user: str) -> SipUri:
    """The URI of the phone itself."""
    host, port = place
    return sip_uri(host, port=port, user=user)
