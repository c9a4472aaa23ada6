"""The log of sightings: callers hand over and forget, a thread writes, the console reads."""

import logging
import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from time import monotonic

from autoprov_phones.mac import MacAddress
from autoprov_sightings import table
from autoprov_sightings.errors import SightingsUnavailable
from autoprov_sightings.sighting import Sighting, TurnedAway
from autoprov_sightings.table import Bounds

logger = logging.getLogger(__name__)

BUSY_TIMEOUT = timedelta(seconds=5)
_GROUP = 500
_IDLE_WAIT = 0.5
_PAUSE_AFTER_FAILURE = 1.0
_REOPEN_AFTER = 2.0
"""Who writes all the time would never notice that the file was moved away."""
_TIME_TO_FLUSH = 5.0
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class SightingsLog:
    """Sightings in an SQLite file of its own, which any number of processes share.

    What is handed over before ``start`` is written after it. While the file is locked, full or gone the newest
    sightings are lost and counted, and writing goes on by itself afterwards.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        bounds: Bounds | None = None,
        mailbox_size: int = 10_000,
        busy_timeout: timedelta = BUSY_TIMEOUT,
    ) -> None:
        self._path = os.fspath(path)
        self._bounds = bounds or Bounds()
        self._busy_timeout = busy_timeout
        self._mailbox: Queue[Sighting] = Queue(mailbox_size)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="sightings", daemon=True)
        self._outage = ""
        self._losses_lock = Lock()
        self._lost_in_all = 0
        self._lost_in_burst = 0

    @property
    def lost(self) -> int:
        """How many sightings were dropped since the start of this process."""
        return self._lost_in_all

    def start(self) -> None:
        """Write from now on."""
        self._thread.start()

    def close(self) -> None:
        """Write what was handed over, five seconds at most, and end the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_TIME_TO_FLUSH)

    def saw(self, sighting: Sighting) -> None:
        """Hand over. Returns at once and raises nothing."""
        try:
            self._mailbox.put_nowait(sighting)
        except Full:
            self._lose(1)

    def timeline(self, mac: MacAddress, limit: int = 100) -> list[Sighting]:
        """The newest *limit* sightings of this phone, the newest first.

        Raises:
            SightingsUnavailable: the file cannot be read now.
        """
        with self._reading() as connection:
            return table.timeline(connection, mac, limit)

    def last_seen(self, macs: Sequence[MacAddress]) -> dict[MacAddress, datetime]:
        """When each of these phones last fetched or registered; a phone never seen is left out.

        Raises:
            SightingsUnavailable: the file cannot be read now.
        """
        with self._reading() as connection:
            return table.last_seen(connection, macs)

    def macs_with(self, beginning: str) -> set[MacAddress]:
        """Phones of which there is a sighting whose detail begins so.

        Raises:
            SightingsUnavailable: the file cannot be read now.
        """
        with self._reading() as connection:
            return table.macs_with(connection, beginning)

    def begins_at(self) -> datetime | None:
        """When the oldest sighting that is kept, of whichever phone, came; None where nothing is kept.

        Raises:
            SightingsUnavailable: the file cannot be read now.
        """
        with self._reading() as connection:
            return table.begins_at(connection)

    def turned_away(self, verdicts: Sequence[str], *, since: datetime) -> list[TurnedAway]:
        """Fetches since then whose verdict begins as one of *verdicts*, the most frequent first.

        Raises:
            SightingsUnavailable: the file cannot be read now.
        """
        with self._reading() as connection:
            return table.turned_away(connection, verdicts, since=since)

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        try:
            connection = table.connect(self._path, busy_timeout=self._busy_timeout)
            try:
                yield connection
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error  # an OSError's own text names the file again
            raise SightingsUnavailable(f"{self._path}: {reason}") from error

    def _run(self) -> None:
        group: list[Sighting] = []
        while True:
            self._fill(group)
            if group and not self._written(group) and self._stopping.wait(_PAUSE_AFTER_FAILURE):
                self._lose(len(group) + self._mailbox.qsize())
                self._report_losses()
                return
            if self._stopping.is_set() and not group and self._mailbox.empty():
                return

    def _written(self, group: list[Sighting]) -> bool:
        """Write *group* and what comes in the next moments; after a failure it still holds what was not committed."""
        until = monotonic() + _REOPEN_AFTER
        try:
            connection = table.connect(self._path, busy_timeout=self._busy_timeout)
            try:
                while group and monotonic() < until:
                    table.write(connection, group, self._bounds)
                    group.clear()
                    self._report_recovery()
                    self._report_losses()
                    self._fill(group)
            finally:
                connection.close()
        except (OSError, sqlite3.Error) as error:
            self._report_outage(error)
            return False
        except Exception:
            logger.exception("sightings dropped, the program is at fault", extra={"count": len(group)})
            self._lose(len(group))
            group.clear()
        return True

    def _fill(self, group: list[Sighting]) -> None:
        try:
            if not group:
                group.append(self._mailbox.get(timeout=_IDLE_WAIT))
            while len(group) < _GROUP:
                group.append(self._mailbox.get_nowait())
        except Empty:
            return

    def _report_outage(self, error: OSError | sqlite3.Error) -> None:
        """Once for each reason, however often writing is tried."""
        reason, self._outage = self._outage, str(error)
        if reason == self._outage:
            return
        facts = {"file": self._path, "reason": self._outage}
        # The low byte is the primary code; an OSError has none.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGED:
            logger.error("sightings file is damaged: move it away, a new one is made", extra=facts)
        else:
            logger.warning("sightings cannot be written now", extra=facts)

    def _report_recovery(self) -> None:
        if self._outage:
            logger.info("sightings are written again", extra={"file": self._path})
        self._outage = ""

    def _lose(self, count: int) -> None:
        with self._losses_lock:
            self._lost_in_all += count
            self._lost_in_burst += count

    def _report_losses(self) -> None:
        with self._losses_lock:
            lost, self._lost_in_burst = self._lost_in_burst, 0
        if lost:
            logger.warning("sightings were lost", extra={"count": lost, "file": self._path})
