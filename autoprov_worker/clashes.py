"""Two phones of a site that show one unique ID: the later one is made to show another."""

import logging

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_worker.knowledge import Knowledge

logger = logging.getLogger(__name__)


def resolve_clash(phone: DetectedPhone, knowledge: Knowledge, queue: PhoneQueue) -> bool:
    """Whether *phone* shows the ID of one seen before it; then it gets a new one and is told to fetch it.

    Raises:
        SpoolUnavailable, QueueUnavailable: nothing is lost, the clash is still there at the next look.
    """
    showing = [entry.phone.tag.mac for entry in queue.showing(phone.tag.unique_id)]
    if len(showing) < 2 or showing[0] == phone.tag.mac:
        return False
    for mac in showing:
        logger.warning(
            "unique ID is shown by more than one phone",
            extra={"mac": str(mac), "unique_id": str(phone.tag.unique_id), "phones": len(showing)},
        )
    if knowledge.raise_generation(phone.tag.mac):
        queue.order(OrderKind.RESYNC, phone.tag.mac)
    return True
