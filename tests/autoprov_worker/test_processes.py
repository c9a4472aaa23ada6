"""Several workers on one queue, one of them killed."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

from autoprov_queue.entry import EntryState
from tests.autoprov_queue.values import detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site
from tests.peers.faulty_http import Fault

WORKER = """
import sys
from pathlib import Path
from autoprov_queue.store import PhoneQueue
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.worker import Worker
from tests.autoprov_queue.values import HandClock
from tests.autoprov_worker.site import SETTINGS, new_client
queue_url, base_url, spool = sys.argv[1:]
clock = HandClock()
queue = PhoneQueue(queue_url, clock=clock)
client = new_client(base_url)
client.capabilities()
worker = Worker(queue, client, SpoolWriter(Path(spool)), SETTINGS, saw=lambda sighting: None, jitter=lambda: 0.0)
print("ready", flush=True)
sys.stdin.readline()
while worker.step(clock):
    pass
client.close()
queue.close()
"""


def started(site: Site, *, base_url: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WORKER, site.queue_url, base_url, str(site.folder / "spool")]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_workers_on_one_queue_never_create_a_phone_twice(site: Site) -> None:
    phones = [detected(nth_mac(number)) for number in range(60)]
    site.queue.put(phones)
    workers = [started(site, base_url=f"{site.proxy.url}/sipxconfig") for _ in range(3)]
    for worker in workers:
        let_go(worker)
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
    created = Counter(phone.mac for phone in site.admin.all_phones())
    assert created == Counter(phone.tag.mac for phone in phones)
    assert site.queue.counts()[EntryState.CREATED] == 60
    assert sum(request.startswith("POST") for request in site.proxy.requests) == 60


def test_what_a_killed_worker_had_claimed_is_done_by_the_next_when_the_lease_ended(site: Site) -> None:
    site.queue.put([detected()])
    with started(site, base_url=f"{site.proxy.url}/sipxconfig") as killed:
        site.proxy.faults.extend([Fault.NONE, Fault.NONE, Fault.SILENCE_AFTER])  # created, and never told so
        let_go(killed)
        while Fault.SILENCE_AFTER not in site.proxy.counts or site.admin.phone(detected().tag.mac) is None:
            pass
        killed.send_signal(signal.SIGKILL)
    assert site.entry().state is EntryState.CLAIMED
    assert site.step() == 0
    site.clock.forward(SETTINGS.lease + timedelta(seconds=1))
    assert site.step() == 1
    assert site.entry().state is EntryState.CREATED
    assert len(list(site.admin.all_phones())) == 1
