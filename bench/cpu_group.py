"""CPU time of processes and of all that they ever start, also of those that nobody waits for: a control group of Linux.

Apache's CGI daemon ignores its children's end, so that no process has their time (proc(5)'s cutime).
"""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_UNIFIED = Path("/sys/fs/cgroup")
_ACCOUNTING = _UNIFIED / "cpuacct"


class CpuGroup:
    """What was put into the control group in *folder*, and its descendants since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, process_id: int) -> None:
        """Count the process and its living descendants from now on."""
        counted: set[int] = set()
        while new := _family(process_id) - counted:  # whom they start while we are at it is in the next look
            for member in new:
                (self._folder / "cgroup.procs").write_text(f"{member}\n")
            counted |= new

    def seconds(self) -> float:
        """User and system time so far."""
        usage = self._folder / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / 1e9
        fields = dict(line.split() for line in (self._folder / "cpu.stat").read_text().splitlines())
        return int(fields["usage_usec"]) / 1e6


@contextmanager
def cpu_group() -> Generator[CpuGroup]:
    """A control group of our own, empty.

    Raises:
        OSError: this process may make none; it takes root.
    """
    folder = (_ACCOUNTING if _ACCOUNTING.is_dir() else _UNIFIED) / f"autoprov-bench-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    try:
        yield CpuGroup(folder)
    finally:
        for process_id in (folder / "cgroup.procs").read_text().split():
            (folder.parent / "cgroup.procs").write_text(process_id)
        folder.rmdir()


def _family(process_id: int) -> set[int]:
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    family = {process_id}
    while found := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= found
    return family


def _parent(entry: Path) -> int:
    """The process's parent; 0 of a process that has just ended."""
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
