"""One million damaged datagrams at the running registrar: ``python -m bench.fire [DATAGRAMS [SEED]]``.

SIPp registers phones before and after. Ends with 1 where the registrar logged an error, garbled an answer or grew.
"""

import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from random import Random

from rich.console import Console

from bench.gunner import Gunner, Toll, lost_datagrams
from bench.installation import PASSWORD, USER, phone_tags
from bench.messages import of_one_installation, of_strangers
from bench.mutations import mutated
from bench.processes import resident_bytes
from bench.registrar_process import RegistrarProcess
from tests.peers.sipp import register_phones

_DATAGRAMS = 1_000_000
_STEPS = 4
_PHONES, _RATE = 3000, 1000
_MAX_GROWTH = 8 << 20
_CORPORA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


_say = Console(highlight=False, emoji=False, width=120).print


def seeds() -> list[bytes]:
    """Our own messages, captured REGISTERs and RFC 4475's messages where this machine has them."""
    found = sorted([*_CORPORA.glob("register/*.txt"), *_CORPORA.glob("torture/*.dat")])
    return [*of_one_installation(5), *of_strangers(5), *(path.read_bytes() for path in found)]


def main(datagrams: int, seed: int) -> int:
    """The exit code."""
    with tempfile.TemporaryDirectory(prefix="fire-") as name:
        registrar = RegistrarProcess(Path(name), has_sightings=True)
        try:
            _say(f"SIPp before: {_registrations_per_second(registrar.port, Path(name)):.0f} registrations/s")
            toll, growth = _fire_at(registrar, datagrams, seed)
            _say(f"SIPp after: {_registrations_per_second(registrar.port, Path(name)):.0f} registrations/s")
        finally:
            registrar.stop()
        logged = registrar.log.read_text("utf-8", "replace")
    _say(f"logged: {logged or 'nothing'}")
    return int(bool(toll.garbled) or growth > _MAX_GROWTH or "ERROR" in logged or "Traceback" in logged)


def _fire_at(registrar: RegistrarProcess, datagrams: int, seed: int) -> tuple[Toll, int]:
    """The toll, and by how many bytes the registrar grew after the first step."""
    ammunition = seeds()
    stream = mutated(ammunition, Random(seed))  # noqa: S311 - chance, not secrecy
    sizes = [resident_bytes(registrar.process_id)]
    _say(f"seed {seed}, {len(ammunition)} messages to damage; {sizes[0] / 1e6:.1f} MB resident")
    start = time.monotonic()
    with Gunner(("127.0.0.1", registrar.port)) as gunner:
        for step in range(1, _STEPS + 1):
            gunner.fire(islice(stream, datagrams // _STEPS))
            sizes.append(resident_bytes(registrar.process_id))
            _say(f"{step * 100 // _STEPS:3} %: {gunner.toll.sent:,} datagrams, {sizes[-1] / 1e6:.1f} MB resident")
    seconds, lost, toll = time.monotonic() - start, lost_datagrams(registrar.port), gunner.toll
    _say(f"{toll.sent:,} datagrams in {seconds:.0f} s, {lost} lost in the socket's buffer")
    _say(f"answers that came back: {dict(sorted(toll.statuses.items()))}, {len(toll.garbled)} of them garbled")
    return toll, sizes[-1] - sizes[1]


def _registrations_per_second(port: int, folder: Path) -> float:
    start = time.monotonic()
    trouble = register_phones(
        dict.fromkeys(phone_tags(_PHONES), PASSWORD),
        registrar=("127.0.0.1", port),
        user=USER,
        folder=folder,
        rate=_RATE,
    )
    if trouble:
        raise RuntimeError(trouble[:500])
    return _PHONES / (time.monotonic() - start)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*numbers, *(_DATAGRAMS, 1)[len(numbers) :]))
