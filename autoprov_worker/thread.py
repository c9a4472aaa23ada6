"""The draining thread: wakes the worker when there is work, and takes snapshots at their time."""

import logging
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from autoprov_worker.worker import Clock, Worker

logger = logging.getLogger(__name__)

POLL_INTERVAL = timedelta(seconds=1)
"""Within this an entry of another process is seen; one of this process wakes the thread at once."""
_PAUSE_AFTER_FAILURE = timedelta(seconds=10)
_REST_AFTER_SNAPSHOT = 20
"""A pass over ten thousand phones costs the config system seconds: 5 % of its time at most is ours."""


class _Stopping(Exception):
    """The thread is to end, and the snapshot under way with it."""


class DrainingThread:
    """Runs a worker until stopped; nothing that happens to one entry ends it."""

    def __init__(self, worker: Worker, queue: PhoneQueue, *, snapshot_every: timedelta, clock: Clock) -> None:
        self._worker = worker
        self._snapshot_every = snapshot_every
        self._clock = clock
        self._snapshot_due = monotonic()
        self._queue_is_unavailable = False
        self._woken = Event()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="worker", daemon=True)
        queue.on_put(self._woken.set)

    def start(self) -> None:
        """Work from now on, beginning with a snapshot."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """End soon; ``stop`` then waits for the end."""
        self._stopping.set()
        self._woken.set()

    def stop(self, timeout: timedelta = timedelta(seconds=5)) -> None:
        """End after the entry under way; an answer that takes longer than *timeout* is not waited for.

        What is left claimed then is claimed again by the next worker when the lease has ended.
        """
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join(timeout.total_seconds())
        if self._thread.is_alive():
            logger.warning("worker is left in the middle of a phone, which is taken up again when its lease is over")

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                if monotonic() >= self._snapshot_due:
                    self._take_snapshot()
                self._drain()
                self._worker.notice(self._clock)
                self._report_recovery()
            except QueueUnavailable as error:
                self._report(error)
            except _Stopping:
                return
            except Exception:
                logger.exception("worker failed and goes on, please report this")
                self._refuse_what_failed()
            self._woken.wait(POLL_INTERVAL.total_seconds())

    def _refuse_what_failed(self) -> None:
        try:
            self._worker.refuse_under_way(self._clock())
        except QueueUnavailable as error:
            self._report(error)

    def _drain(self) -> None:
        while not self._stopping.is_set() and self._worker.step(self._clock):
            pass

    def _between_pages(self) -> None:
        self._drain()
        if self._stopping.is_set():
            raise _Stopping

    def _take_snapshot(self) -> None:
        started = monotonic()
        self._snapshot_due = started + _PAUSE_AFTER_FAILURE.total_seconds()
        if self._worker.take_snapshot(self._clock, between=self._between_pages):
            rest = _REST_AFTER_SNAPSHOT * (monotonic() - started)
            self._snapshot_due = monotonic() + max(self._snapshot_every.total_seconds(), rest)
        else:
            self._snapshot_due = started  # the worker itself knows when the config system may be asked again

    def _report(self, error: QueueUnavailable) -> None:
        if not self._queue_is_unavailable:
            logger.warning("queue is unavailable, phones must wait", extra={"reason": str(error)})
        self._queue_is_unavailable = True

    def _report_recovery(self) -> None:
        if self._queue_is_unavailable:
            logger.info("queue is available again")
        self._queue_is_unavailable = False
