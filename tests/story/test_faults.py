"""Phones on their way through bad weather; ``python -m bench.storm`` sends two thousand."""

import sys
from pathlib import Path

import pytest

from bench.storm import storm
from sipxconfig_server.era import Era
from tests.peers.faulty_http import Fault

SEED = 1


@pytest.mark.parametrize(("era", "phones"), [(Era.D, 25), (Era.C, 15)])
def test_faults_on_a_third_of_the_requests_lose_and_double_no_phone(tmp_path: Path, era: Era, phones: int) -> None:
    sys.stdout.write(f"seed {SEED}\n")
    toll = storm(tmp_path, phones=phones, seed=SEED, era=era, patience=100)
    assert toll.problems() == []
    assert toll.requests - toll.hits[Fault.NONE] > phones // 2
