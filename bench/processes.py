"""What processes used, as Linux counts it."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(process_id: int) -> float:
    """User and system time of the process and of its living descendants."""
    parents = {int(entry.name): _stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    family = {process_id}
    while found := {pid for pid, stat in parents.items() if stat and int(stat[1]) in family} - family:
        family |= found
    return sum(int(ticks) for pid in family for ticks in parents[pid][11:13]) / _TICKS


def resident_bytes(process_id: int) -> int:
    """The process's resident set."""
    return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * _PAGE


def _stat(entry: Path) -> list[str]:
    """proc(5)'s fields from the third on; none of a process that has just ended."""
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
