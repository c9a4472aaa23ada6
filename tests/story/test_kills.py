"""``kill -9`` at random moments; ``python -m bench.kills`` has fifty rounds of it."""

import sys
from pathlib import Path

from bench.kills import kills

SEED = 1


def test_killed_processes_lose_and_double_no_phone(tmp_path: Path) -> None:
    sys.stdout.write(f"seed {SEED}\n")
    outcome = kills(tmp_path, rounds=4, seed=SEED, patience=80)
    assert outcome.problems == []
    assert sum(outcome.killed.values()) >= 4
