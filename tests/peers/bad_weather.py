"""Faults by chance, from a seed: which share of the requests is hit, and by what."""

from random import Random
from threading import Lock

from tests.peers.faulty_http import Fault

ON_READING: dict[Fault, int] = {
    Fault.STATUS_500: 3,
    Fault.STATUS_502: 3,
    Fault.STATUS_503: 3,
    Fault.STATUS_504_AFTER: 1,
    Fault.SILENCE_BEFORE: 1,
    Fault.SILENCE_AFTER: 1,
    Fault.RESET_BEFORE: 3,
    Fault.RESET_AFTER: 3,
    Fault.HALF_ANSWER_AFTER: 3,
    Fault.SLOW: 3,
    Fault.HTML_200: 1,
    Fault.HTML_404: 1,
    Fault.EMPTY_404: 1,
    Fault.REDIRECT: 1,
}
ON_WRITING: dict[Fault, int] = {
    Fault.STATUS_500: 2,
    Fault.STATUS_502: 2,
    Fault.STATUS_503: 2,
    Fault.STATUS_504_AFTER: 2,
    Fault.SILENCE_BEFORE: 1,
    Fault.SILENCE_AFTER: 2,
    Fault.RESET_BEFORE: 2,
    Fault.RESET_AFTER: 8,
    Fault.HALF_ANSWER_AFTER: 3,
    Fault.SLOW: 2,
    Fault.RACE: 4,
}
"""A lost answer to a create is what could double a phone."""


class BadWeather:
    """Tells the fault of each request; a proxy's threads share it.

    The same *seed* gives the same faults in the same order; which request each of them hits is the threads' affair.
    """

    def __init__(self, seed: int, *, share: float) -> None:
        self._random = Random(seed)
        self._share = share
        self._lock = Lock()

    def __call__(self, request: str) -> Fault:
        weights = ON_READING if request.startswith("GET") else ON_WRITING
        with self._lock:
            if self._random.random() >= self._share:
                return Fault.NONE
            return self._random.choices(list(weights), list(weights.values()))[0]
