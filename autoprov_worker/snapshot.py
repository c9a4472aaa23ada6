"""The snapshot: every phone of the config system, learned by paging; after it strangers are known to be strangers."""

import logging
from collections.abc import Callable
from datetime import datetime

from autoprov_phones.mac import MacAddress
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.spool import SpoolWriter
from sipxconfig_client.client import SipxconfigClient

logger = logging.getLogger(__name__)

_BREATH = 200
"""After as many phones, and so after each page, what must not wait gets its turn."""


def take_snapshot(
    client: SipxconfigClient,
    knowledge: Knowledge,
    spool: SpoolWriter,
    *,
    now: datetime,
    between: Callable[[], None],
    breath: int = _BREATH,
) -> int:
    """Bring the spool up to date and vouch for it as of *now*, the start; the number of phones.

    Phones whose serial number is no MAC address are passed over: they fetch nothing from us. *between* is called
    after every *breath* phones, for work that must not wait until ten thousand are through.

    A pass that fails half-way has removed nothing and vouches for nothing. Phones that the list did not show are
    looked for one by one before they count as gone.

    Raises:
        Unreachable, AccessDenied, SpoolUnavailable, QueueUnavailable: the pass failed.
        NotOffered: the config system cannot list its phones. Nobody vouches for anything then.
    """
    missing = spool.macs()
    seen: set[MacAddress] = set()
    for phone in client.all_phones():
        mac = phone.mac
        if mac is None:
            continue
        knowledge.learn(mac, phone)
        seen.add(mac)
        if len(seen) % breath == 0:
            between()
    for count, mac in enumerate(sorted(missing - seen), start=1):
        knowledge.look(mac)
        if count % breath == 0:
            between()
    spool.write_snapshot_time(now)
    logger.debug("snapshot taken", extra={"phones": len(seen)})
    return len(seen)
