"""The snapshot where the config system lists no phones: known phones count as assigned, all others as new.

It must not be wrong in the dangerous direction, to take a phone that has a line for a new one. So a source has to be
read in order twice before it vouches; a phone that was known stays known until it has been missing for a while; and if
many are missing at once, it is the source that is doubted.
"""

import logging
from datetime import datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_worker.known_phones import KnownPhonesSettings, NotVouched, read_known_phones
from autoprov_worker.spool import SpoolWriter

logger = logging.getLogger(__name__)

GONE_AFTER = timedelta(minutes=15)
"""A file that is being written anew is missing for moments, a directory that is mounted again for minutes."""
_MAY_BE_GONE = 5
"""So many may be gone at once, or a tenth of all."""


class Vouching:
    """Belongs to one thread; remembers what it read since it began."""

    def __init__(self, queue: PhoneQueue, spool: SpoolWriter, settings: KnownPhonesSettings) -> None:
        self._queue = queue
        self._spool = spool
        self._settings = settings
        self._has_read = False
        self._missing_since: dict[MacAddress, datetime] = {}

    def take(self, *, now: datetime) -> list[MacAddress]:
        """Bring the spool up to date and vouch for it; the phones of ours that have become known meanwhile: they have
        files of their own now, and are told to fetch them.

        Raises:
            NotVouched: nothing is vouched for, and no phone is called new that was known.
            SpoolUnavailable, QueueUnavailable: as above, and it passes.
        """
        try:
            known = read_known_phones(self._settings, now=now)
            with self._spool.locked():
                entries = {mac: self._spool.read(mac) for mac in self._spool.macs()}
                protected = {mac for mac, entry in entries.items() if entry is not None and entry.is_assigned}
                self._doubt_if_many_are_gone(protected, known)
                # Into an empty spool all come at once, and nobody knows which of them the phones were told of.
                ours = {mac for mac in known - protected if protected and self._queue.find(mac) is not None}
                for mac in known - protected:
                    self._protect(mac, entries.get(mac), is_to_be_told=mac in ours)
                for mac in self._gone(protected - known, now):
                    self._release(mac, entries.get(mac))
        except NotVouched:
            self._has_read = False
            raise
        if self._has_read:
            self._spool.write_snapshot_time(now)
        self._has_read = True
        return sorted(ours)

    def _doubt_if_many_are_gone(self, protected: set[MacAddress], known: frozenset[MacAddress]) -> None:
        gone = len(protected - known)
        if gone > max(_MAY_BE_GONE, len(protected) // 10):
            raise NotVouched(
                f"{gone} of {len(protected)} known phones are missing at once; if they are gone for good, stop the "
                "worker, delete the spool directory, and start it again"
            )

    def _protect(self, mac: MacAddress, entry: SpoolEntry | None, *, is_to_be_told: bool) -> None:
        if is_to_be_told:
            self._queue.order(OrderKind.RESYNC, mac)  # before the entry: whatever happens in between, it is told
        self._spool.write(mac, SpoolEntry(PhoneState.ASSIGNED, 0 if entry is None else entry.generation))

    def _gone(self, missing: set[MacAddress], now: datetime) -> list[MacAddress]:
        """Those that have been missing at every reading for long enough."""
        self._missing_since = {mac: min(now, self._missing_since.get(mac, now)) for mac in missing}
        return [mac for mac, since in self._missing_since.items() if now - since >= GONE_AFTER]

    def _release(self, mac: MacAddress, entry: SpoolEntry | None) -> None:
        if entry is not None and entry.generation > 0:
            self._spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED, entry.generation))
        else:
            self._spool.remove(mac)
        self._queue.forget(mac, only=EntryState.CREATED)
        logger.info("phone is known no more, its next boot makes it new", extra={"mac": str(mac)})
