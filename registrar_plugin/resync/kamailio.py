"""Re-sync by Kamailio: its NOTIFY leaves by the socket that phones register at, and it tells what they answered."""

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, Unanswered
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable
from registrar_plugin.resync.places import NotKnownNow, phone_uri
from registrar_plugin.sip.via import Address

_TABLE = "location"
_ANY = "."
_TIMED_OUT = 408


class KamailioResync:
    """Has Kamailio's tm send the check-sync and wait for the answer (``fr_timer``, 30 seconds as it comes).

    A phone that is registered as the autoprovision *user* gets it at its own address. One with a line gets it at each
    contact of the user of its line, *users_of*, with all other phones of that user; one whose line was taken away where
    it was last seen. *domain* stands in From.
    """

    def __init__(
        self,
        rpc: KamailioRpc,
        *,
        user: str,
        domain: str,
        registered_at: Callable[[MacAddress], Address | None],
        users_of: Callable[[MacAddress], Sequence[str]],
        last_seen_at: Callable[[MacAddress], Address | None],
    ) -> None:
        self._rpc = rpc
        self._from = f"From: <sip:{user}@{domain}>\r\n"
        self._user = user
        self._registered_at = registered_at
        self._users_of = users_of
        self._last_seen_at = last_seen_at

    def ask(self, mac: MacAddress) -> CheckSyncAnswer:
        """What the phone answered, or of several the last; waits for it."""
        answer: CheckSyncAnswer = Unanswered.NOT_REGISTERED
        try:
            for uri, next_hop in self._targets(mac):
                answer = self._notify(uri, next_hop)
        except (RpcRefused, RpcUnreachable, NotKnownNow) as error:
            return NotSent(str(error))
        return answer

    def _targets(self, mac: MacAddress) -> Iterator[tuple[str, str]]:
        """Request URI and next hop of each."""
        place = self._registered_at(mac)
        users = () if place is not None else self._users_of(mac)
        if not users:
            place = place or self._last_seen_at(mac)
        if place is not None:
            yield str(phone_uri(place, user=self._user)), _ANY
        for user in users:
            found = cast("dict[str, list[dict[str, dict[str, str]]]]", self._rpc.call("ul.lookup", _TABLE, user))
            for each in found["Contacts"]:
                received = each["Contact"]["Received"]
                yield each["Contact"]["Address"], received if received.startswith("sip:") else _ANY

    def _notify(self, uri: str, next_hop: str) -> CheckSyncAnswer:
        fields = f"{self._from}To: <{uri}>\r\nEvent: check-sync\r\nSubscription-State: active\r\n"
        result = self._rpc.call("tm.t_uac_wait_block", "NOTIFY", uri, next_hop, _ANY, fields)
        status = cast("dict[str, int]", result)["code"]
        return Unanswered.NO_ANSWER if status == _TIMED_OUT else Answered(status)
