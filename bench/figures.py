"""Figures and the table that they are printed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import process_time

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its peer's of the same run; *ratio* is ours to the peer's, *aim* what it should be."""

    what: str
    ours: str
    peer: str
    ratio: float
    aim: str = ""


def cpu_seconds_in_turn(jobs: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each job in each round; in turn, so that a slow moment of the machine hits them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = process_time()
            job()
            seconds[name].append(process_time() - start)
    return seconds


def median_ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return median(mine / other for mine, other in zip(ours, peers, strict=True))


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that *percent* of a hundred do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def print_figures(title: str, figures: Sequence[Figure]) -> None:
    """One row each."""
    table = Table("figure", "ours", "peer", "ratio", "aim", title=title)
    for figure in figures:
        table.add_row(figure.what, figure.ours, figure.peer, f"{figure.ratio:.2f}", figure.aim)
    Console(width=120, emoji=False).print(table)
