"""What became of each phone: into the queue, the log and the phone's timeline."""

import logging
from collections.abc import Callable
from datetime import datetime

from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import Postponed, QueueEntry, Rejected, Settled, Verdict
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_worker.provisioning import Provisioned

logger = logging.getLogger(__name__)


class Verdicts:
    """Belongs to one worker. Where the queue takes no verdict, it is kept and written as soon as it does.

    Every method but ``tell`` may raise ``QueueUnavailable``.
    """

    def __init__(self, queue: PhoneQueue, saw: Callable[[Sighting], None]) -> None:
        self._queue = queue
        self._saw = saw
        self._unwritten: tuple[QueueEntry, Verdict] | None = None

    def write_what_is_left(self) -> None:
        """The verdict that the queue did not take: the phone would wait for the end of the lease."""
        if self._unwritten is not None:
            self._finish(*self._unwritten)

    def settle(self, entry: QueueEntry, provisioned: Provisioned, now: datetime) -> None:
        """The phone is where it should be."""
        self._finish(entry, Settled(f"{provisioned.verdict}: {provisioned.detail}"))
        logger.info(
            "phone provisioned",
            extra={
                "mac": str(entry.phone.tag.mac),
                "unique_id": str(entry.phone.tag.unique_id),
                "verdict": provisioned.verdict,
                "detail": provisioned.detail,
            },
        )
        self.tell(entry.phone.tag.mac, now, provisioned.verdict, provisioned.detail)

    def refuse(self, entry: QueueEntry, reason: str, now: datetime) -> None:
        """A person must look."""
        self._finish(entry, Rejected(reason))
        logger.error("phone refused", extra={"mac": str(entry.phone.tag.mac), "reason": reason})
        self.tell(entry.phone.tag.mac, now, "refused", reason)

    def postpone(self, entry: QueueEntry, reason: str, due_at: datetime, now: datetime) -> None:
        """Again at *due_at*."""
        mac = entry.phone.tag.mac
        self._finish(entry, Postponed(reason, due_at))
        logger.info("phone postponed", extra={"mac": str(mac), "due_at": due_at.isoformat(timespec="seconds")})
        self.tell(mac, now, "postponed", f"{reason}; next attempt at {due_at:%H:%M:%S} UTC")

    def give_back(self, entry: QueueEntry, error: QueueUnavailable, now: datetime) -> None:
        """The queue itself failed on the way: due at once when it is back."""
        self._unwritten = entry, Postponed(str(error), now)

    def tell(self, mac: MacAddress, now: datetime, verdict: str, detail: str) -> None:
        """The phone's timeline."""
        self._saw(Sighting(mac, now, Stage.CONFIG, verdict, detail))

    def _finish(self, entry: QueueEntry, verdict: Verdict) -> None:
        self._unwritten = entry, verdict
        if not self._queue.finish(entry, verdict):
            logger.warning("claim was lost, the verdict is another's", extra={"mac": str(entry.phone.tag.mac)})
        self._unwritten = None
