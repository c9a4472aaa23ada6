"""A worker whose clock runs fast, until its input ends."""

import logging
import random
import select
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autoprov.logs import set_up_logs
from autoprov_queue.store import Clock, PhoneQueue
from autoprov_worker.settings import WorkerSettings
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.worker import Worker
from sipxconfig_client.client import SipxconfigClient
from tests.peers.config_system import ADMIN

TIMEOUT = timedelta(seconds=0.8)
_SNAPSHOT_EVERY = timedelta(minutes=5)
_PAUSE = 0.005


def fast_clock(speed: float, *, epoch: float) -> Clock:
    """Shows the machine's time at *epoch* and runs *speed* times as fast from then on, in every process alike."""
    return lambda: datetime.fromtimestamp(epoch + (time.time() - epoch) * speed, UTC)


def run(queue: PhoneQueue, client: SipxconfigClient, spool: SpoolWriter, clock: Clock) -> None:
    """What the draining thread does, without its naps of a second."""
    worker = Worker(queue, client, spool, WorkerSettings({}, None), saw=lambda _: None, jitter=random.random)
    snapshot_due = clock()

    def between_pages() -> None:
        worker.step(clock)

    while not select.select([sys.stdin], [], [], 0)[0]:
        if clock() >= snapshot_due and worker.take_snapshot(clock, between=between_pages):
            snapshot_due = clock() + _SNAPSHOT_EVERY
        if not worker.step(clock):
            time.sleep(_PAUSE)


if __name__ == "__main__":
    queue_url, base_url, spool_directory, speed, epoch = sys.argv[1:]
    set_up_logs(level=logging.INFO)
    its_clock = fast_clock(float(speed), epoch=float(epoch))
    with (
        closing(PhoneQueue(queue_url, clock=its_clock)) as its_queue,
        closing(SipxconfigClient(base_url, credentials=ADMIN, timeout=TIMEOUT)) as its_client,
    ):
        run(its_queue, its_client, SpoolWriter(Path(spool_directory)), its_clock)
