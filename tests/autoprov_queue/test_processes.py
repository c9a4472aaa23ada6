"""Many processes on one queue file, some of them killed."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

from autoprov_queue.entry import EntryState
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import MAC, HandClock, detected, nth_mac

CLAIMER = """
import sys
from datetime import timedelta
from autoprov_queue.entry import Settled
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import HandClock
queue = PhoneQueue(sys.argv[1], clock=HandClock())
print("ready", flush=True)
sys.stdin.readline()
while entries := queue.claim(limit=3, lease=timedelta(hours=1)):
    for entry in entries:
        print(entry.phone.tag.mac)
        assert queue.finish(entry, Settled("created"))
queue.close()
"""

CLAIM_AND_WAIT = """
import sys, time
from datetime import timedelta
from autoprov_queue.store import PhoneQueue
from tests.autoprov_queue.values import HandClock
queue = PhoneQueue(sys.argv[1], clock=HandClock())
queue.claim(limit=1, lease=timedelta(minutes=5))
print("claimed", flush=True)
time.sleep(600)
"""


def started(script: str, url: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", script, url]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_that_claim_at_once_never_claim_the_same_phone(queue: PhoneQueue, url: str) -> None:
    queue.put([detected(nth_mac(number)) for number in range(300)])
    claimers = [started(CLAIMER, url) for _ in range(3)]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    claimed = Counter[str]()
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    for claimer in claimers:
        output, _ = claimer.communicate(timeout=60)
        assert claimer.returncode == 0
        claimed.update(output.split())
    assert len(claimed) == 300
    assert set(claimed.values()) == {1}


def test_the_claim_of_a_killed_process_ends_with_its_lease(queue: PhoneQueue, url: str, clock: HandClock) -> None:
    queue.put([detected()])
    with started(CLAIM_AND_WAIT, url) as claimer:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "claimed\n"
        claimer.send_signal(signal.SIGKILL)
    assert queue.counts()[EntryState.CLAIMED] == 1
    assert queue.claim(limit=1, lease=timedelta(minutes=5)) == []
    clock.forward(timedelta(minutes=5))
    [entry] = queue.claim(limit=1, lease=timedelta(minutes=5))
    assert (entry.phone.tag.mac, entry.attempts) == (MAC, 2)
