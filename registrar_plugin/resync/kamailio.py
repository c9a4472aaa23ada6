"""Re-sync by Kamailio: its NOTIFY leaves by the socket that phones register at, and it tells what they answered."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import assert_never, cast

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, PassedOn, ToldSeveral, Unanswered
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable
from registrar_plugin.resync.places import NotKnownNow, phone_uri
from registrar_plugin.sip.via import Address

_TABLE = "location"
_ANY = "."
_TIMED_OUT = 408
_IN_ALL = timedelta(seconds=65)
"""With what the config system may take, less than an order's lease."""
_ONE_ANSWER = timedelta(seconds=31)
"""Its ``fr_timer`` as it comes, and one."""
_Told = Answered | Unanswered | PassedOn | NotSent


class KamailioResync:
    """Has Kamailio's tm send the check-sync and wait for the answer (``fr_timer``, 30 seconds as it comes).

    A phone that is registered as the autoprovision *user* gets it at its own address. One with a line gets it at each
    contact of the user of its line, *users_of*, with all other phones of that user; one whose line was taken away where
    it was last seen. *domain* stands in From.

    All of it ends within *in_all*. A contact is waited for while there is time for *one_answer*; the rest is told, too,
    and what they answer is not.
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
        in_all: timedelta = _IN_ALL,
        one_answer: timedelta = _ONE_ANSWER,
    ) -> None:
        self._rpc = rpc
        self._from = f"From: <sip:{user}@{domain}>\r\n"
        self._user = user
        self._registered_at = registered_at
        self._users_of = users_of
        self._last_seen_at = last_seen_at
        self._in_all = in_all
        self._one_answer = one_answer

    def ask(self, mac: MacAddress) -> CheckSyncAnswer:
        """What the phone answered, or of several what each did; waits for it."""
        ends_at = time.monotonic() + self._in_all.total_seconds()
        try:
            targets = list(self._targets(mac))
        except (RpcRefused, RpcUnreachable, NotKnownNow) as error:
            return NotSent(str(error))
        told = [(uri, self._tell(uri, next_hop, ends_at=ends_at)) for uri, next_hop in targets]
        if len(told) > 1:
            return _of_several(told)
        return told[0][1] if told else Unanswered.NOT_REGISTERED

    def _targets(self, mac: MacAddress) -> Iterator[tuple[str, str]]:
        """Request URI and next hop of each."""
        place = self._registered_at(mac)
        users = () if place is not None else self._users_of(mac)
        if not users:
            place = place or self._last_seen_at(mac)
        if place is not None:
            yield str(phone_uri(place, user=self._user)), _ANY
        for user in users:
            result = self._rpc.call("ul.lookup", _TABLE, user, within=self._one_answer)
            found = cast("dict[str, list[dict[str, dict[str, str]]]]", result)
            for each in found["Contacts"]:
                received = each["Contact"]["Received"]
                yield each["Contact"]["Address"], received if received.startswith("sip:") else _ANY

    def _tell(self, uri: str, next_hop: str, *, ends_at: float) -> _Told:
        fields = f"{self._from}To: <{uri}>\r\nEvent: check-sync\r\nSubscription-State: active\r\n"
        left = timedelta(seconds=ends_at - time.monotonic())
        if left <= timedelta(0):
            return NotSent("the time for all of them was over")
        waits = left >= self._one_answer
        method = "tm.t_uac_wait_block" if waits else "tm.t_uac_start"
        try:
            result = self._rpc.call(method, "NOTIFY", uri, next_hop, _ANY, fields, within=left)
        except (RpcRefused, RpcUnreachable) as error:
            return NotSent(str(error))
        if not waits:
            return PassedOn("Kamailio")
        status = cast("dict[str, int]", result)["code"]
        return Unanswered.NO_ANSWER if status == _TIMED_OUT else Answered(status)


def _of_several(told: Sequence[tuple[str, _Told]]) -> ToldSeveral:
    accepted = not_waited_for = 0
    others: list[str] = []
    for uri, answer in told:
        match answer:
            case Answered(status) if 200 <= status < 300:
                accepted += 1
            case PassedOn():
                not_waited_for += 1
            case Answered(status):
                others.append(f"{uri} answered {status}")
            case Unanswered():
                others.append(f"{uri} did not answer")
            case NotSent(reason):
                others.append(f"{uri} was not told: {reason}")
            case _:
                assert_never(answer)
    return ToldSeveral(accepted, not_waited_for, tuple(others))
