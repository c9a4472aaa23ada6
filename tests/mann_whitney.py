"""Whether two samples could be of one distribution: the test of Mann and Whitney."""

from collections import Counter
from collections.abc import Sequence
from math import erfc, sqrt

Samples = tuple[Sequence[float], Sequence[float]]


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """How probable a difference in rank at least as large is between two samples of one distribution (two-sided).

    By the normal approximation with correction for continuity and ties: for samples of twenty and more.
    """
    return p_value_of_rounds([(one, other)])


def p_value_of_rounds(rounds: Sequence[Samples]) -> float:
    """The same for several rounds, values being ranked within their round alone.

    So a round in which everything took longer counts no more than another, and what recurs in each adds up.
    """
    parts = [_difference(one, other) for one, other in rounds]
    difference, deviation = sum(part[0] for part in parts), sqrt(sum(part[1] for part in parts))
    if deviation == 0:
        return 1.0  # all values are equal
    return erfc(max(0.0, abs(difference) - 0.5) / deviation / sqrt(2))


def _difference(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """How far the statistic of *one* is from its mean, and its variance."""
    pooled = sorted((*one, *other))
    counts = Counter(pooled)
    ranks: dict[float, float] = {}
    below = 0
    for value, count in sorted(counts.items()):
        ranks[value] = below + (count + 1) / 2  # equal values share the mean of their ranks
        below += count
    size = len(pooled)
    mean = len(one) * len(other) / 2
    statistic = sum(ranks[value] for value in one) - len(one) * (len(one) + 1) / 2
    ties = sum(count**3 - count for count in counts.values()) / (size * (size - 1))
    return statistic - mean, mean / 6 * (size + 1 - ties)
