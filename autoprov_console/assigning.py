"""What "Assign" does: the line is added in the config system, then the phone's follow-up is ordered."""

import logging
from collections.abc import Callable
from enum import Enum

from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import ExternalLine, UserLine

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """How it ended; the value stands in the address of the page that follows, the words come from ``notice_of``."""

    ASSIGNED = "assigned"
    NOT_TOLD = "not-told"
    ALREADY = "already"
    GONE = "gone"


def assign(
    mac: MacAddress,
    line: UserLine | ExternalLine,
    *,
    client: SipxconfigClient,
    order_follow: Callable[[MacAddress], None],
) -> Outcome:
    """Give the phone its line, unless it has one meanwhile: the config system would add a second without a word.

    Raises:
        Refused: the config system does not take this line (an unknown user, for one).
        Unreachable: as the client's.
        AccessDenied: as the client's.
    """
    phone = client.phone(mac)
    if phone is None:
        return Outcome.GONE
    if not phone.is_unassigned:
        return Outcome.ALREADY
    client.add_line(phone.id, line)
    kind = "user" if isinstance(line, UserLine) else "external"
    logger.info("line added to phone", extra={"mac": str(mac), "phone_id": phone.id, "line_kind": kind})
    try:
        order_follow(mac)
    except QueueUnavailable as error:
        logger.error("phone not told of its line, restart it", extra={"mac": str(mac), "reason": str(error)})
        return Outcome.NOT_TOLD
    return Outcome.ASSIGNED


def notice_of(done: str | None, mac: str | None) -> str:
    """The sentence for the page that follows; ``""`` where its address, which anybody may write, names no outcome."""
    try:
        return _notice(Outcome(done), MacAddress.parse(mac or ""))
    except ValueError:
        return ""


def _notice(outcome: Outcome, mac: MacAddress) -> str:
    match outcome:
        case Outcome.ASSIGNED:
            return f"{mac} has its line. The phone is told to fetch its files, and comes up with the line by itself."
        case Outcome.NOT_TOLD:
            return (
                f"{mac} has its line, but the phone could not be told: the queue is not available. Restart the phone."
            )
        case Outcome.ALREADY:
            return f"{mac} was given a line meanwhile. Nothing was changed."
        case Outcome.GONE:
            return f"{mac} is not, or no longer, in the config system. It comes when it boots and registers."
