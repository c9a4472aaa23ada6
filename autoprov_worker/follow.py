"""Following up an assignment: the phone's files into the spool, then the order to re-sync it."""

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_worker.knowledge import Knowledge
from sipxconfig_client.errors import NotOffered


def follow(mac: MacAddress, knowledge: Knowledge, queue: PhoneQueue) -> str:
    """Look at the phone again; what was found, in words.

    The re-sync is ordered once the entry is on disk, so that the phone finds what it is told to fetch.

    Raises:
        Unreachable, AccessDenied, SpoolUnavailable, QueueUnavailable: to be followed again later.
    """
    try:
        phone = knowledge.look(mac, to_follow=True)
    except NotOffered as error:
        queue.order(OrderKind.RESYNC, mac)  # such a config system writes the phone's files itself
        return f"not followed: {error}"
    if phone is None:
        return "not in the config system any more"
    trouble = knowledge.have_files_written(phone)
    queue.order(OrderKind.RESYNC, mac)
    found = "unassigned" if phone.is_unassigned else "assigned"
    return f"{found}, but {trouble}" if trouble else found
