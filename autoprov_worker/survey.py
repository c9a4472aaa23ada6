"""Who is there: from the config system's own list, or from whoever vouches in its place where it has none."""

import logging
from collections.abc import Callable
from datetime import datetime

from autoprov_sightings.sighting import Sighting, Stage
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.known_phones import NotVouched
from autoprov_worker.snapshot import take_snapshot
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.vouching import Vouching
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import NotOffered

logger = logging.getLogger(__name__)


class Survey:
    """Belongs to one thread. Without *vouching* nobody vouches where the config system cannot list its phones."""

    def __init__(
        self,
        client: SipxconfigClient,
        knowledge: Knowledge,
        spool: SpoolWriter,
        vouching: Vouching | None,
        *,
        saw: Callable[[Sighting], None],
    ) -> None:
        self._client = client
        self._knowledge = knowledge
        self._spool = spool
        self._vouching = vouching
        self._saw = saw
        self._is_vouched_for = True

    def take(self, *, now: datetime, between: Callable[[], None]) -> None:
        """Bring the whole spool up to date; *between* is called now and then, for work that must not wait.

        Where nobody can say which phones there are, the log says so once, and nothing is vouched for: the phone-facing
        path soon answers 503 to all but known assigned phones.

        Raises:
            Unreachable, AccessDenied, SpoolUnavailable, QueueUnavailable: the pass failed.
        """
        try:
            take_snapshot(self._client, self._knowledge, self._spool, now=now, between=between)
        except NotOffered as error:
            self._vouch(error, now)
        else:
            self._is_vouched_for = True

    def _vouch(self, why: NotOffered, now: datetime) -> None:
        try:
            if self._vouching is None:
                raise NotVouched(str(why))
            known = self._vouching.take(now=now)
        except NotVouched as error:
            if self._is_vouched_for:
                logger.error("no phone can be known as unassigned, new phones get 503", extra={"reason": str(error)})
            self._is_vouched_for = False
            return
        if not self._is_vouched_for:
            logger.info("phones are vouched for again")
        self._is_vouched_for = True
        for mac in known:
            logger.info("phone is known to the PBX now, and is re-synced", extra={"mac": str(mac)})
            self._saw(Sighting(mac, now, Stage.CONFIG, "followed", "the PBX has files of its own for it"))
