"""Where phones are reached: from where each was last accepted as the autoprovision user, by whatever registrar."""

from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.host import one_address
from registrar_plugin.sip.uri import SipUri, sip_uri
from registrar_plugin.sip.via import Address

_LIMIT = 50_000


class NotKnownNow(Exception):
    """Whoever knows the phone's lines cannot be asked now: we retry. Its text says why."""


class Place(NamedTuple):
    """Where a phone is; over a connection *address* is the phone's end of it, where nobody listens."""

    address: Address
    transport: Transport = Transport.UDP


class KnownPlaces:
    """Remembers the source of each phone's last registration for as long as that was granted. Threads may share it.

    A source that is unknown, or a name, is no place: what was sent there would come to this machine, or to anybody's.
    """

    def __init__(self) -> None:
        self._places: dict[MacAddress, tuple[datetime, Place]] = {}
        self._lock = Lock()

    def note(self, mac: MacAddress, registration: AcceptedRegistration) -> None:
        """The phone registered from there."""
        with self._lock:
            self._places.pop(mac, None)
            if registration.expires > timedelta(0) and one_address(registration.source[0]) is not None:
                place = Place(registration.source, registration.transport)
                self._places[mac] = (registration.received_at + registration.expires, place)
            if len(self._places) > _LIMIT:
                del self._places[next(iter(self._places))]

    def of(self, mac: MacAddress, *, now: datetime) -> Place | None:
        """Where the phone is registered; None once that has expired, and for a phone that this process has not seen."""
        with self._lock:
            until, place = self._places.get(mac, (now, None))
        return place if until > now else None


def phone_uri(place: Place, *, user: str) -> SipUri:
    """The URI of the phone itself; by address and transport whoever holds the phone's connection finds that."""
    host, port = place.address
    uri = sip_uri(host, port=port, user=user)
    if place.transport is Transport.UDP:
        return uri
    word = place.transport.value
    return uri._replace(text=f"{uri};transport={word}", params={"transport": word})
