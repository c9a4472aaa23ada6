"""What "Assign" does: the line is added in the config system, then the phone's follow-up is ordered."""

import logging
from collections.abc import Callable

from autoprov_console.letting_in import has_to_be_let_in
from autoprov_console.outcome import Outcome
from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import ExternalLine, UserLine

logger = logging.getLogger(__name__)


def assign(
    mac: MacAddress,
    line: UserLine | ExternalLine,
    *,
    client: SipxconfigClient,
    order_follow: Callable[[MacAddress], None],
    serves_own_files: bool,
) -> Outcome:
    """Give the phone its line, unless it has one meanwhile: the config system would add a second without a word.

    *serves_own_files*: assigned phones fetch from us, where they have to show who they are.

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
    return Outcome.HAS_TO_BE_LET_IN if serves_own_files and has_to_be_let_in(phone) else Outcome.ASSIGNED
