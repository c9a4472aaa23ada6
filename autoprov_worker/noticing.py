"""Assignments made in the config system's own pages, noticed long before the next snapshot, at a polite rate.

Looked at are the phones that registered with us and had no line when they were last seen in the config system, each by
its MAC, one after the other and round again. A look orders what an assignment asks for (``Knowledge``).
"""

from datetime import datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import EntryState
from autoprov_queue.store import PhoneQueue
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.spool import SpoolWriter

_SHORTEST_ROUND = timedelta(seconds=10)
"""No phone is looked at more often, however few there are."""
_ROUND_FOR_EACH = timedelta(milliseconds=10)
"""To begin a round costs as much as there are phones, with or without a line."""
_AT_ONCE = 10
_SKIPPED_AT_ONCE = 500


class Noticing:
    """Belongs to one thread. *looks_per_minute* 0 looks at none."""

    def __init__(self, queue: PhoneQueue, knowledge: Knowledge, spool: SpoolWriter, *, looks_per_minute: int) -> None:
        self._queue = queue
        self._knowledge = knowledge
        self._spool = spool
        self._pause = timedelta(minutes=1) / looks_per_minute if looks_per_minute else None
        self._next_look: datetime | None = None
        self._round: list[MacAddress] = []
        self._next_round: datetime | None = None

    def look(self, *, now: datetime) -> int:
        """Look at as many phones as are due; how many they were.

        Raises:
            Unreachable, AccessDenied, NotOffered, SpoolUnavailable, QueueUnavailable: as a look does.
        """
        if self._pause is None:
            return 0
        looks, allowed = 0, self._allowed(self._pause, now)
        for _ in range(_SKIPPED_AT_ONCE):
            if looks == allowed or not self._has_next(now):
                break
            mac = self._round.pop()
            entry = self._spool.read(mac)
            if entry is None or entry.is_assigned:
                continue
            looks += 1
            self._next_look = now + self._pause
            self._knowledge.look(mac)
        return looks

    def _allowed(self, pause: timedelta, now: datetime) -> int:
        """What the rate leaves over since the last look; a clock that jumped back begins anew."""
        due = self._next_look
        if due is None or due > now + pause:
            return 1
        return 0 if now < due else min(_AT_ONCE, 1 + (now - due) // pause)

    def _has_next(self, now: datetime) -> bool:
        """Whether the round has a phone left; a new one begins with those that registered last."""
        due = self._next_round
        if not self._round and (due is None or now >= due or due > now + timedelta(hours=1)):
            entries = self._queue.entries(EntryState.CREATED)
            self._round = [entry.phone.tag.mac for entry in sorted(entries, key=lambda entry: entry.phone.seen_at)]
            self._next_round = now + max(_SHORTEST_ROUND, len(entries) * _ROUND_FOR_EACH)
        return bool(self._round)
