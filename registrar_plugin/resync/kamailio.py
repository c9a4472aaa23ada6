"""Re-sync by Kamailio: its NOTIFY leaves by the socket that phones register at, and it tells what they answered."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, assert_never, cast

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, PassedOn, ToldSeveral, Unanswered
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable
from registrar_plugin.resync.places import NotKnownNow, Place, phone_uri

_TABLE = "location"
_ANY = "."
_TIMED_OUT = 408
_IN_ALL = timedelta(seconds=65)
"""With what the config system may take, less than an order's lease."""
_ONE_ANSWER = timedelta(seconds=31)
"""Its ``fr_timer`` as it comes, and one."""
_Told = Answered | Unanswered | PassedOn | NotSent


class _Target(NamedTuple):
    """Where a NOTIFY goes: its Request-URI, and the next hop, ``.`` where the URI says it."""

    uri: str
    next_hop: str = _ANY


class KamailioResync:
    """Has Kamailio's tm send the check-sync and wait for the answer (``fr_timer``, 30 seconds as it comes).

    A phone that is registered as the autoprovision *user* gets it at its own address. One with a line gets it at each
    contact of the user of its line, *users_of*, with all other phones of that user; one whose line was taken away where
    it was last seen. *domain* stands in From.

    Where the phone has several users, one who is registered nowhere is passed over, and named in the answer.

    All of it ends within *in_all*. A contact is waited for while there is time for *one_answer*; the rest is told, too,
    and what they answer is not.
    """

    def __init__(
        self,
        rpc: KamailioRpc,
        *,
        user: str,
        domain: str,
        registered_at: Callable[[MacAddress], Place | None],
        users_of: Callable[[MacAddress], Sequence[str]],
        last_seen_at: Callable[[MacAddress], Place | None],
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
            targets, not_found = self._targets(mac, ends_at=ends_at)
        except NotKnownNow as error:
            return NotSent(str(error))
        if not targets:
            return NotSent("; ".join(not_found)) if not_found else Unanswered.NOT_REGISTERED
        told = [(target.uri, self._tell(target, ends_at=ends_at)) for target in targets]
        if len(told) + len(not_found) > 1:
            return _of_several(told, not_found)
        return told[0][1]

    def _targets(self, mac: MacAddress, *, ends_at: float) -> tuple[list[_Target], list[str]]:
        """All that are to be told; and of which users no contact was found, and why.

        Raises:
            NotKnownNow: nobody says whose the phone's lines are.
        """
        place = self._registered_at(mac)
        users = () if place is not None else self._users_of(mac)
        if not users:
            place = place or self._last_seen_at(mac)
        targets = [] if place is None else [_Target(str(phone_uri(place, user=self._user)))]
        not_found: list[str] = []
        for user in users:
            try:
                targets += self._contacts(user, within=min(self._one_answer, _left(ends_at)))
            except (RpcRefused, RpcUnreachable) as error:
                not_found.append(f"user {user}: {error}")
        return targets, not_found

    def _contacts(self, user: str, *, within: timedelta) -> list[_Target]:
        """Those in Kamailio's table; of a user without any it says no, with a code that says nothing (500)."""
        result = self._rpc.call("ul.lookup", _TABLE, user, within=within)
        found = cast("dict[str, list[dict[str, dict[str, str]]]]", result)
        try:
            contacts = [each["Contact"] for each in found["Contacts"]]
            return [
                _Target(contact["Address"], contact["Received"] if contact["Received"].startswith("sip:") else _ANY)
                for contact in contacts
            ]
        except (AttributeError, KeyError, TypeError) as error:
            raise RpcRefused("its answer to ul.lookup has a form that we do not know", code=0) from error

    def _tell(self, target: _Target, *, ends_at: float) -> _Told:
        uri, next_hop = target
        fields = f"{self._from}To: <{uri}>\r\nEvent: check-sync\r\nSubscription-State: active\r\n"
        left = _left(ends_at)
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


def _left(ends_at: float) -> timedelta:
    return timedelta(seconds=ends_at - time.monotonic())


def _of_several(told: Sequence[tuple[str, _Told]], not_found: Sequence[str]) -> ToldSeveral:
    accepted = not_waited_for = 0
    others = list(not_found)
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
