"""Re-sync by sipXconfig, and what any config system knows of whom a phone belongs to."""

from autoprov_phones.mac import MacAddress
from registrar_plugin.resync.check_sync import CheckSyncAnswer, NotSent, PassedOn, Unanswered
from registrar_plugin.resync.places import NotKnownNow
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable
from sipxconfig_client.values import Line


class SipxconfigResync:
    """Has sipXconfig write the phone's files and restart it; it does not tell when, nor what the phone says.

    It reaches a phone where it is registered with its line; one that it knows no registration of gets its files alone.
    """

    def __init__(self, client: SipxconfigClient) -> None:
        self._client = client

    def ask(self, mac: MacAddress) -> CheckSyncAnswer:
        """What became of it; waits for sipXconfig."""
        try:
            phone = self._client.phone(mac)
            if phone is None:
                return Unanswered.NOT_REGISTERED
            self._client.send_profiles(phone.id)
        except (AccessDenied, Refused, Unreachable) as error:
            return NotSent(str(error))
        return PassedOn("sipXconfig")


def users_at(registrar: str, client: SipxconfigClient, mac: MacAddress) -> list[str]:
    """The users as which the phone's lines register at *registrar*; none for a phone without lines.

    Raises:
        NotKnownNow: the config system does not tell.
    """
    try:
        phone = client.phone(mac)
    except (AccessDenied, Refused, Unreachable) as error:
        raise NotKnownNow(str(error)) from error
    return [] if phone is None else [line.user_id for line in phone.lines if _is_at(registrar, line)]


def _is_at(registrar: str, line: Line) -> bool:
    """A user's line is always there, one of an account elsewhere is not."""
    return line.user is not None or line.registration_server in ("", registrar)
