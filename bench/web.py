"""What serving one file costs: requests a second and CPU a request, each of ours beside the floor under it."""

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, median_ratio, print_figures
from bench.web_load import ask_anew, keep_asking
from bench.web_servers import Contender, contenders

_ROUNDS = 5
_SECONDS = 2
_NEW_CONNECTIONS = 100
_CPU_FLOORS = {
    "CGI, ours": ("CGI, our imports", "<= 1.3"),
    "mod_wsgi, ours": ("mod_wsgi, hello", ""),
    "embedded, ours": ("waitress, hello", ""),
}
_REQUESTS_FLOORS = {
    "mod_wsgi, ours": ("mod_wsgi, hello", ">= 0.5"),
    "mod_wsgi, ours, a boot": ("mod_wsgi, hello", ">= 0.5"),
    "mod_wsgi, ours, boots": ("mod_wsgi, hello", ">= 0.5"),
}


@dataclass(slots=True)
class Cost:
    """One contender's rounds: requests a second on kept and on new connections, milliseconds of CPU and of waiting."""

    kept: list[float] = field(default_factory=list[float])
    new: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])


def measure() -> list[Figure]:
    """Each of ours beside its floor, after a table of all; nothing where a peer is missing or CPU cannot be counted."""
    costs = _costs()
    if not costs:
        return []
    _print_all(costs)
    cpu = [
        _beside(costs, ours, floor, aim, what="CPU ms per file", of=lambda cost: cost.cpu)
        for ours, (floor, aim) in _CPU_FLOORS.items()
    ]
    kept = [
        _beside(costs, ours, floor, aim, what="files a second", of=lambda cost: cost.kept)
        for ours, (floor, aim) in _REQUESTS_FLOORS.items()
    ]
    return [*cpu, *kept]


def _beside(
    costs: Mapping[str, Cost], ours: str, floor: str, aim: str, *, what: str, of: Callable[[Cost], list[float]]
) -> Figure:
    mine, its = of(costs[ours]), of(costs[floor])
    return Figure(
        f"{what}, {ours}", f"{median(mine):,.2f}", f"{floor} {median(its):,.2f}", median_ratio(mine, its), aim
    )


def _costs() -> Mapping[str, Cost]:
    """Every contender in each round, in turn."""
    missing = [name for name in ("apache2", "wrk", "ab") if shutil.which(name, path="/usr/sbin:/usr/bin") is None]
    if missing:
        sys.stderr.write(f"not measured, for it is not installed: {', '.join(missing)}\n")
        return {}
    try:
        with contenders() as all_of_them:
            costs = {name: Cost() for name in all_of_them.by_name}
            for _ in range(_ROUNDS):
                for name, contender in all_of_them.by_name.items():
                    all_of_them.forget_fetches()
                    _add_round(costs[name], contender)
            return costs
    except OSError as error:
        sys.stderr.write(f"not measured, for CPU time cannot be counted: {error}\n")
        return {}


def _add_round(cost: Cost, contender: Contender) -> None:
    before = contender.cpu.seconds()
    load = keep_asking(
        contender.url, names=contender.names, names_of_a_phone=contender.names_of_a_phone, seconds=_SECONDS
    )
    cost.cpu.append((contender.cpu.seconds() - before) * 1000 / load.requests)
    cost.kept.append(load.per_second)
    cost.p50.append(load.p50)
    cost.p99.append(load.p99)
    present = next(name for name, is_there in contender.names if is_there)
    cost.new.append(ask_anew(f"{contender.url}/{present}", requests=_NEW_CONNECTIONS).per_second)


def _print_all(costs: Mapping[str, Cost]) -> None:
    table = Table("server", "requests/s, kept", "new connections", "p50 ms", "p99 ms", "CPU ms/request")
    for name, cost in costs.items():
        kept, new = (f"{median(each):,.0f}" for each in (cost.kept, cost.new))
        table.add_row(name, kept, new, *(f"{median(each):.2f}" for each in (cost.p50, cost.p99, cost.cpu)))
    Console(width=120, emoji=False).print(table)


if __name__ == "__main__":
    print_figures("What phones fetch", measure())
