"""Phones on their way through bad weather: ``python -m bench.storm [PHONES [SEED [ERA]]]``.

Workers in two processes bring phones from one queue to the embedded inventory, through a proxy that fails 30 % of their
requests. Ends with 1 where a phone is missing, doubled, out of date or still in the queue, or a fault was too rare.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import issue_phone_tag
from autoprov_queue.entry import EntryState
from autoprov_queue.store import PhoneQueue
from bench.installation import KEY
from bench.storm_toll import Toll, print_toll
from bench.storm_worker import fast_clock
from sipxconfig_server.era import Era
from tests.peers.bad_weather import BadWeather
from tests.peers.config_system import config_system
from tests.peers.faulty_http import FaultyHttp

_PHONES = 2000
_SHARE = 0.3
_WORKERS = 2
_SPEED = 100.0
_SLOW = 0.4
_GROUP = 20
_PATIENCE = 1200.0
_UNFINISHED = (EntryState.WAITING, EntryState.CLAIMED)


def storm(folder: Path, *, phones: int, seed: int, era: Era = Era.D, patience: float = _PATIENCE) -> Toll:
    """What the storm did; it ends when the queue is empty, or after *patience* in seconds."""
    chance, epoch = Random(seed), time.time()  # noqa: S311 - chance, not secrecy
    queue_url = f"sqlite:///{folder / 'queue.sqlite'}"
    with (
        config_system(folder, era=era) as system,
        FaultyHttp(system.url, otherwise=BadWeather(seed, share=_SHARE), pause=_SLOW) as proxy,
        closing(PhoneQueue(queue_url, clock=fast_clock(_SPEED, epoch=epoch))) as queue,
        ExitStack() as running,
    ):
        arguments = [queue_url, f"{proxy.url}/sipxconfig", str(folder / "spool"), str(_SPEED), repr(epoch)]
        for number in range(_WORKERS):
            running.enter_context(_worker(arguments, log=folder / f"worker-{number}.log"))
        last_seen = _register_all(queue, phones, chance)
        _wait_until_drained(queue, deadline=time.monotonic() + patience)
        running.close()
        return Toll(
            seed=seed,
            seconds=time.time() - epoch,
            requests=len(proxy.requests),
            hits=dict(proxy.counts),
            done=dict(proxy.done),
            entries=queue.counts(),
            last_seen=last_seen,
            records={phone.record.serial_number: phone.record.description or "" for phone in system.inventory.phones()},
            rows=len(system.inventory.phones()),
            era=era,
        )


def _register_all(queue: PhoneQueue, count: int, chance: Random) -> list[DetectedPhone]:
    """Each phone registers once, and every fifth again with another address; as they were seen last."""
    seen = [_detected(number, 1) for number in range(count)]
    chance.shuffle(seen)
    moving = {number: _detected(number, 2) for number in chance.sample(range(count), count // 5)}
    coming = [*seen, *moving.values()]
    for start in range(0, len(coming), _GROUP):
        queue.put(coming[start : start + _GROUP])
        time.sleep(0.01)
    return [
        *(phone for phone in seen if phone.tag.mac not in {moved.tag.mac for moved in moving.values()}),
        *moving.values(),
    ]


def _detected(number: int, visit: int) -> DetectedPhone:
    tag = issue_phone_tag(MacAddress(f"0004f2{number:06x}"), key=KEY, length=6)
    software = PhoneSoftware("polycom", "VVX", "VVX_410", "5.9.5.0614")
    seen_at = datetime.fromtimestamp(time.time(), UTC)
    return DetectedPhone(tag, software, f"10.{visit}.{number >> 8}.{number & 255}", seen_at)


def _wait_until_drained(queue: PhoneQueue, *, deadline: float) -> None:
    while time.monotonic() < deadline:
        counts = queue.counts()
        if not sum(counts[state] for state in _UNFINISHED):
            return
        time.sleep(0.2)


@contextmanager
def _worker(arguments: Sequence[str], *, log: Path) -> Generator[None]:
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "bench.storm_worker", *arguments], stdin=subprocess.PIPE, stderr=errors
        )
    try:
        yield
    finally:
        process.communicate()


def main(phones: int, seed: int, era: Era) -> int:
    """The exit code."""
    with tempfile.TemporaryDirectory(prefix="storm-") as name:
        toll = storm(Path(name), phones=phones, seed=seed, era=era)
        print_toll(toll)
        problems = [*toll.problems(), *toll.too_rare()]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return int(bool(problems))


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = [*map(int, words[:2]), *(_PHONES, 1)[len(words) :]]
    sys.exit(main(numbers[0], numbers[1], Era(words[2]) if len(words) > 2 else Era.D))
