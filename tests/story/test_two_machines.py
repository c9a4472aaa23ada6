"""Workers on two machines share a queue in PostgreSQL: none creates a phone twice, nor loses one when it restarts."""

import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from autoprov.present import utc_now
from autoprov_queue.entry import EntryState
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import detected, nth_mac
from tests.peers.config_system import config_system
from tests.peers.faulty_http import FaultyHttp
from tests.peers.postgresql import PASSWORD, PostgreSql, postgresql

PHONES = 60
PATIENCE_SECONDS = 60.0
MACHINE = """
import random, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from autoprov.logs import set_up_logs
from autoprov.present import utc_now
from autoprov.signals import stop_signal
from autoprov_queue.store import PhoneQueue
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.thread import DrainingThread
from autoprov_worker.worker import Worker
from tests.autoprov_worker.site import SETTINGS, new_client
queue_url, base_url, spool = sys.argv[1:]
set_up_logs(level=10)
stopped = stop_signal()
queue = PhoneQueue(queue_url, clock=utc_now)
client = new_client(base_url)
settings = replace(SETTINGS, lease=timedelta(seconds=10))  # for a claim whose commit was never acknowledged
worker = Worker(queue, client, SpoolWriter(Path(spool)), settings, saw=lambda _: None, jitter=random.random)
thread = DrainingThread(worker, queue, snapshot_every=timedelta(hours=1), clock=utc_now)
thread.start()
stopped.wait()
thread.stop()
client.close()
queue.close()
"""


@pytest.fixture(scope="module")
def server() -> Generator[PostgreSql]:
    with postgresql() as running:
        yield running


def put(queue: PhoneQueue, numbers: range) -> None:
    """As the registrar's hook does: again, until the queue takes it."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            queue.put([detected(nth_mac(number)) for number in numbers])
        except QueueUnavailable:
            assert monotonic() < deadline
            sleep(0.1)
        else:
            return


def wait_for_created(queue: PhoneQueue, count: int) -> None:
    deadline = monotonic() + PATIENCE_SECONDS
    while (counts := queue.counts())[EntryState.CREATED] < count:
        assert monotonic() < deadline, counts
        sleep(0.1)


def test_two_machines_and_a_server_that_restarts_in_the_middle(tmp_path: Path, server: PostgreSql) -> None:
    url = server.fresh_url()
    with (
        config_system(tmp_path) as there,
        FaultyHttp(there.url) as proxy,
        closing(PhoneQueue(url, clock=utc_now)) as queue,
    ):
        machines: list[subprocess.Popen[bytes]] = []
        logs = [tmp_path / "one.log", tmp_path / "other.log"]
        for log in logs:
            with log.open("wb") as errors:
                arguments = [
                    sys.executable,
                    "-c",
                    MACHINE,
                    url,
                    f"{proxy.url}/sipxconfig",
                    str(log.with_suffix(".spool")),
                ]
                machines.append(subprocess.Popen(arguments, stderr=errors))
        put(queue, range(PHONES // 2))
        wait_for_created(queue, PHONES // 4)
        server.die()
        server.start()
        put(queue, range(PHONES // 2, PHONES))
        wait_for_created(queue, PHONES)
        for machine in machines:
            machine.terminate()
        assert [machine.wait(30) for machine in machines] == [0, 0]
        records = Counter(phone.record.serial_number for phone in there.inventory.phones())
        assert records == Counter(str(nth_mac(number)) for number in range(PHONES))
        creates = sum(request == "POST /sipxconfig/api/phones" for request in proxy.requests)
        assert creates == PHONES
    said = "".join(log.read_text() for log in logs)
    assert all("phone provisioned" in log.read_text() for log in logs), "both had a part in it"
    assert PASSWORD not in said
    assert "Traceback" not in said
