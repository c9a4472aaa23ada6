"""CPU per registration (401 round trip): our registrar, hook and queue beside Kamailio without and with a hook.

SIPp lets phones register, each with a tag of its own and for the first time, so that each has to reach the disk.
"""

import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.figures import Figure, median_ratio, print_figures
from bench.installation import PASSWORD, USER, phone_tags
from bench.processes import cpu_seconds
from bench.registrar_process import RegistrarProcess
from tests.peers.kamailio import kamailio
from tests.peers.sipp import register_phones

_PHONES = 2500
_RATE = 500
_ROUNDS = 7
_HERE = Path(__file__).parent
_SECONDS_TO_SETTLE = 1.5
_PYTHON_MODULE = Path("/usr/lib/x86_64-linux-gnu/kamailio/modules/app_python3.so")


@dataclass(frozen=True, slots=True)
class Running:
    """A registrar's main process, and where it listens."""

    process_id: int
    port: int


def measure() -> list[Figure]:
    """Microseconds of CPU per registration, medians of the rounds; nothing where a peer is not installed."""
    missing = [name for name in ("sipp", "kamailio") if shutil.which(name) is None]
    missing += [] if _PYTHON_MODULE.exists() else ["kamailio-python3-modules"]
    if missing:
        sys.stderr.write(f"not measured, for it is not installed: {', '.join(missing)}\n")
        return []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        costs = _in_turn(Path(folder))
    us = {name: f"{median(each):,.0f} us" for name, each in costs.items()}
    peers = {"plain": "Kamailio, no hook", "hook": "Kamailio + SQLite hook"}
    return [
        Figure(
            f"CPU per registration, {ours}",
            us[ours],
            f"{peers[peer]} {us[peer]}",
            median_ratio(costs[ours], costs[peer]),
            aim,
        )
        for ours in ("hook and queue", "and sightings")
        for peer, aim in (("hook", "<= 2"), ("plain", ""))
    ]


def _in_turn(folder: Path) -> dict[str, list[float]]:
    """Microseconds of each contender in each round."""
    costs: dict[str, list[float]] = {"hook and queue": [], "and sightings": [], "hook": [], "plain": []}
    for number in range(_ROUNDS):
        for name, microseconds in costs.items():
            own = folder / f"{number}-{name.replace(' ', '-')}"
            own.mkdir()
            running = _kamailio(own, has_hook=name == "hook") if name in ("hook", "plain") else _ours(own, name)
            with running as registrar:
                microseconds.append(_cost(registrar, own))
    return costs


def _cost(registrar: Running, folder: Path) -> float:
    before = cpu_seconds(registrar.process_id)
    trouble = register_phones(
        dict.fromkeys(phone_tags(_PHONES), PASSWORD),
        registrar=("127.0.0.1", registrar.port),
        user=USER,
        folder=folder,
        rate=_RATE,
    )
    if trouble:
        raise RuntimeError(trouble[:500])
    time.sleep(_SECONDS_TO_SETTLE)  # what is in memory still has to reach the disk
    return (cpu_seconds(registrar.process_id) - before) * 1e6 / _PHONES


@contextmanager
def _ours(folder: Path, name: str) -> Generator[Running]:
    registrar = RegistrarProcess(folder, has_sightings=name == "and sightings")
    try:
        yield Running(registrar.process_id, registrar.port)
    finally:
        stored = registrar.stop()
    if stored != _PHONES:
        raise RuntimeError(f"{stored} of {_PHONES} phones reached the queue")


@contextmanager
def _kamailio(folder: Path, *, has_hook: bool) -> Generator[Running]:
    config = (_HERE / "kamailio.cfg").read_text("utf-8")
    config = config.replace("@HOOK@", "#!define HOOK" if has_hook else "").replace("@PASSWORD@", PASSWORD)
    template = folder / "template.cfg"
    template.write_text(config.replace("@HOOK_FILE@", str(_HERE / "kamailio_hook.py")), "utf-8")
    with kamailio({}, template=template) as registrar:
        yield Running(registrar.process_id, registrar.address[1])
        if has_hook:
            with closing(sqlite3.connect(registrar.folder / "phones.db")) as connection:
                (stored,) = connection.execute("SELECT count(*) FROM phones").fetchone()
            if stored != _PHONES:
                raise RuntimeError(f"{stored} of {_PHONES} phones reached Kamailio's database")


if __name__ == "__main__":
    print_figures("Registrations", measure())
