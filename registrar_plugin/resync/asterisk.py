"""Re-sync by Asterisk: its NOTIFY leaves by the socket that the phone registered at, so it passes a NAT as calls do."""

from collections.abc import Callable, Sequence

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.asterisk_manager import AsteriskManager, ManagerAccount, ManagerRefused, ManagerUnreachable
from registrar_plugin.resync.check_sync import CheckSyncAnswer, NotSent, PassedOn, Unanswered
from registrar_plugin.resync.places import NotKnownNow, Place, phone_uri

_BY = "Asterisk"
_CHECK_SYNC = ("Variable", "Event=check-sync")


class AsteriskResync:
    """Has Asterisk send the check-sync; it does not tell what the phone answered.

    A phone that is registered as the autoprovision *user* gets it at its own address: the address of record holds but
    one of all those phones. One with a line gets it as the user of its line, *users_of*, and so do all other phones of
    that user. One whose line was taken away gets it where it was last seen.
    """

    def __init__(
        self,
        account: ManagerAccount,
        *,
        user: str,
        registered_at: Callable[[MacAddress], Place | None],
        users_of: Callable[[MacAddress], Sequence[str]],
        last_seen_at: Callable[[MacAddress], Place | None],
    ) -> None:
        self._account = account
        self._user = user
        self._registered_at = registered_at
        self._users_of = users_of
        self._last_seen_at = last_seen_at

    def ask(self, mac: MacAddress) -> CheckSyncAnswer:
        """What became of it; waits for Asterisk."""
        try:
            targets = self._targets(mac)
            if not targets:
                return Unanswered.NOT_REGISTERED
            with AsteriskManager(self._account) as manager:
                for target in targets:
                    manager.carry_out(("Action", "PJSIPNotify"), target, _CHECK_SYNC)
        except (ManagerRefused, ManagerUnreachable, NotKnownNow) as error:
            return NotSent(str(error))
        return PassedOn(_BY)

    def _targets(self, mac: MacAddress) -> list[tuple[str, str]]:
        place = self._registered_at(mac)
        if place is None:
            users = self._users_of(mac)
            if users:
                return [("Endpoint", user) for user in users]
            place = self._last_seen_at(mac)
        return [] if place is None else [("URI", str(phone_uri(place, user=self._user)))]
