"""Re-sync straight to where the phone registered from: our own NOTIFY, with no PBX in between."""

import secrets
import socket
from collections.abc import Callable
from datetime import timedelta

from autoprov_phones.mac import MacAddress
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.udp_transaction import transact
from registrar_plugin.resync.check_sync import (
    METHOD,
    T1,
    Answered,
    CheckSync,
    CheckSyncAnswer,
    NotSent,
    Unanswered,
    authorized,
    retransmission_pauses,
)
from registrar_plugin.resync.places import NotKnownNow, Place, phone_uri
from registrar_plugin.sip.response import Response
from registrar_plugin.sip.uri import sip_uri
from registrar_plugin.sip.via import Address


class SourceResync:
    """Sends over UDP, from a port of its own: through a NAT or a firewall nothing leads back there.

    *place_of* says where the phone is, None where nobody knows. *password_of* is for a phone that asks who we are.
    """

    def __init__(
        self,
        *,
        user: str,
        domain: str,
        place_of: Callable[[MacAddress], Place | None],
        password_of: Callable[[MacAddress], str],
        t1: timedelta = T1,
    ) -> None:
        self._user = user
        self._domain = domain
        self._place_of = place_of
        self._password_of = password_of
        self._t1 = t1

    def ask(self, mac: MacAddress) -> CheckSyncAnswer:
        """What the phone answered; waits for it, 64 * T1 at most, twice that where it asks who we are."""
        try:
            place = self._place_of(mac)
            if place is None:
                return Unanswered.NOT_REGISTERED
            if place.transport is not Transport.UDP:
                word = place.transport.name
                return NotSent(f"the phone registered over {word}: its connection is its registrar's, not ours")
            return self._ask_at(place, mac)
        except NotKnownNow as error:
            return NotSent(str(error))
        except OSError as error:
            return NotSent(f"nothing leads to the phone: {error.strerror or error}")

    def _ask_at(self, place: Place, mac: MacAddress) -> CheckSyncAnswer:
        address = place.address
        with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.connect(address)
            notify = self._notify(place, sent_by=(ours.getsockname()[0], ours.getsockname()[1]))
            response = self._transact(notify, ours)
            if response is None:
                return Unanswered.NO_ANSWER
            signed = authorized(
                notify, response, user=self._user, password=self._password_of(mac), key=secrets.token_hex(16)
            )
            if signed is not None:
                response = self._transact(signed, ours)
        return Unanswered.NO_ANSWER if response is None else Answered(response.status)

    def _notify(self, place: Place, *, sent_by: Address) -> CheckSync:
        key = secrets.token_hex(16)
        ours = sip_uri(self._domain, user=self._user)
        uri = phone_uri(place, user=self._user)
        return CheckSync(uri, to=ours, from_=ours, transport="UDP", sent_by=sent_by, call_key=key, key=key)

    def _transact(self, notify: CheckSync, ours: socket.socket) -> Response | None:
        """The final response, None where none came in time."""
        pauses = retransmission_pauses(self._t1)
        return transact(ours, notify.to_bytes(), method=METHOD, branch=notify.branch, pauses=pauses)
