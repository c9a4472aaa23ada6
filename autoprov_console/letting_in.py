"""What "Let in" does: an assigned phone that cannot show who it is may fetch its files for a while, and is told to."""

import logging
from collections.abc import Callable
from datetime import timedelta

from autoprov_console.outcome import Outcome
from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress
from autoprov_phones.own_directory import learns_own_directory
from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Phone

logger = logging.getLogger(__name__)

LET_IN_FOR = timedelta(minutes=15)


def has_to_be_let_in(phone: Phone) -> bool:
    """Whether it gets no file of its own before somebody lets it in, or it shows a certificate."""
    said = parse_description(phone.description)
    return not learns_own_directory(model_id=phone.model_id, firmware="" if said is None else said.firmware)


def let_in(
    mac: MacAddress,
    *,
    client: SipxconfigClient,
    pair: Callable[[MacAddress], None],
    order_follow: Callable[[MacAddress], None],
) -> Outcome:
    """Let the phone fetch its files for ``LET_IN_FOR``, which *pair* writes down; whatever its firmware.

    Raises:
        Unreachable: as the client's; nothing was done.
        AccessDenied: as the client's.
    """
    phone = client.phone(mac)
    if phone is None or phone.is_unassigned:
        return Outcome.GONE
    try:
        pair(mac)
    except OSError as error:
        logger.error("phone not let in", extra={"mac": str(mac), "reason": str(error)})
        return Outcome.NOT_LET_IN
    logger.info("phone let in for its files", extra={"mac": str(mac)})
    try:
        order_follow(mac)
    except QueueUnavailable as error:
        logger.error("phone let in but not told, restart it", extra={"mac": str(mac), "reason": str(error)})
        return Outcome.LET_IN_NOT_TOLD
    return Outcome.LET_IN
