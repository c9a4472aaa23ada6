"""``kill -9`` at random moments while phones register: ``python -m bench.kills [ROUNDS [SEED]]``.

Worker, registrar, web and inventory are processes; each round kills one or two of them. Ends with 1 where a phone is
missing, doubled or still in the queue, a database is damaged, or a phone heard what it never should.
"""

import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.console import Console

from autoprov.openings import open_queue
from autoprov.settings.settings import Settings
from autoprov_phones.phone_tag import PhoneTag
from autoprov_phones.spool_entry import PhoneState, SpoolEntry, spool_file_name
from autoprov_queue.entry import EntryState
from bench.desk_phones import DeskPhones
from bench.part_processes import PARTS, PartProcesses, installation

_ROUNDS = 50
_PHONES_A_ROUND = 8
_LONGEST_LIFE = 2.5
_LONGEST_DEATH = 0.8
_PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """*killed* counts by part, *heard* what phones heard; *problems* is empty where all is as it should."""

    seed: int
    phones: int
    seconds: float
    killed: Mapping[str, int]
    heard: Mapping[str, int]
    problems: Sequence[str]


def kills(folder: Path, *, rounds: int, seed: int, patience: float = _PATIENCE) -> Outcome:
    """Kill, start again, and wait until every phone is where it should be, or for *patience* in seconds."""
    chance, started = Random(seed), time.monotonic()  # noqa: S311 - chance, not secrecy
    settings = installation(folder)
    killed: Counter[str] = Counter()
    with PartProcesses(settings, folder) as processes, DeskPhones(settings) as phones:
        for _ in range(rounds):
            victims = chance.sample(PARTS, chance.choice((1, 1, 1, 2)))
            _let_phones_come(phones, chance.uniform(0, _LONGEST_LIFE))
            for part in victims:
                processes.kill(part)
            killed.update(victims)
            time.sleep(chance.uniform(0, _LONGEST_DEATH))
            for part in victims:
                processes.start(part)
        _wait_until_settled(settings, phones.tags, deadline=time.monotonic() + patience)
        problems = [f"{part} ended by itself" for part in processes.died()]
    problems += phones.strange + _damages(settings) + _missing(settings, phones.tags) + _complaints(processes)
    return Outcome(seed, len(phones.tags), time.monotonic() - started, killed, phones.said, problems)


def _let_phones_come(phones: DeskPhones, seconds: float) -> None:
    for _ in range(_PHONES_A_ROUND):
        phones.plug_in()
        time.sleep(seconds / _PHONES_A_ROUND)


def _wait_until_settled(settings: Settings, tags: Sequence[PhoneTag], *, deadline: float) -> None:
    with open_queue(settings) as queue:
        while queue.counts()[EntryState.CREATED] < len(tags) and time.monotonic() < deadline:
            time.sleep(0.2)


def _missing(settings: Settings, tags: Sequence[PhoneTag]) -> list[str]:
    """What is not as it should be in the inventory's rows, the queue and the spool."""
    with closing(sqlite3.connect(settings.inventory_file)) as rows:
        records = Counter(serial for (serial,) in rows.execute("SELECT serial_number FROM phone"))
    problems = [f"{tag.mac}: {records[str(tag.mac)]} records" for tag in tags if records[str(tag.mac)] != 1]
    with open_queue(settings) as queue:
        counts, orders = queue.counts(), queue.pending_orders()
    if records.total() != len(tags) or counts[EntryState.CREATED] != len(tags) or sum(counts.values()) != len(tags):
        problems.append(f"{records.total()} records, entries {counts}, for {len(tags)} phones")
    problems += [f"{order.mac}: {order.kind.value} is left" for order in orders]
    for tag in tags:
        file = settings.spool_directory / spool_file_name(tag.mac)
        if not file.exists() or SpoolEntry.from_bytes(file.read_bytes()) != SpoolEntry(PhoneState.UNASSIGNED):
            problems.append(f"{tag.mac}: not in the spool as unassigned")
    return problems


def _damages(settings: Settings) -> list[str]:
    files = (settings.inventory_file, settings.sightings_file, settings.state_directory / "queue.sqlite")
    problems: list[str] = []
    for file in files:
        with closing(sqlite3.connect(file)) as database:
            (found,) = database.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            problems.append(f"{file.name}: {found}")
    return problems


def _complaints(processes: PartProcesses) -> list[str]:
    """Nobody has to act because something was killed."""
    return [
        f"{part}: {line}"
        for part in PARTS
        for line in processes.log(part).read_text("utf-8", "replace").splitlines()
        if " ERROR " in line or line.startswith("Traceback")
    ]


def main(rounds: int, seed: int) -> int:
    """The exit code."""
    say = Console(highlight=False, emoji=False, width=120).print
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        outcome = kills(Path(name), rounds=rounds, seed=seed)
    say(f"seed {seed}: {rounds} rounds, {outcome.phones} phones in {outcome.seconds:.0f} s")
    say(f"killed: {dict(outcome.killed)}")
    say(f"phones heard: {dict(sorted(outcome.heard.items()))}")
    for problem in outcome.problems:
        say(problem)
    return int(bool(outcome.problems))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*numbers, *(_ROUNDS, 1)[len(numbers) :]))
