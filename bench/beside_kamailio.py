"""A site's Kamailio without a hook; mirroring by HEP to us, to a stuck listener, to nobody; with our in-process hook.

A thousand phones a second are asked of each: how many it registers, and how long a 200 takes. Besides, what it can do
at most: there the listener and the phones share its two cores.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from autoprov.demo.site import free_ports
from bench.figures import Figure, median_ratio, print_figures
from bench.installation import PASSWORD, USER, phone_tags
from bench.register_load import hurried, paced
from tests.peers.kamailio_registrar import CONTRIB, SNIPPET, kamailio_registrar, mirrors_to

_ROUNDS = 5
_PACED, _PER_SECOND = 2500, 1000
_HURRIED, _IN_FLIGHT = 5000, 8
_WORKERS = 4
_PYTHON_MODULE = Path("/usr/lib/x86_64-linux-gnu/kamailio/modules/app_python3.so")
_NONE, _HEP, _STUCK, _ABSENT, _IN_PROCESS = "no hook", "HEP", "HEP, stuck", "HEP, nobody there", "in-process"


@dataclass(frozen=True, slots=True)
class _Results:
    """Of each round."""

    per_second: list[float] = field(default_factory=list[float])
    p50: list[float] = field(default_factory=list[float])
    at_most: list[float] = field(default_factory=list[float])


def measure() -> list[Figure]:
    """Medians of the rounds, each beside no hook of the same round; nothing where Kamailio is not installed."""
    missing = [] if shutil.which("kamailio") else ["kamailio"]
    missing += [] if _PYTHON_MODULE.exists() else ["kamailio-python3-modules"]
    if missing:
        sys.stderr.write(f"not measured, for it is not installed: {', '.join(missing)}\n")
        return []
    results = {name: _Results() for name in (_NONE, _HEP, _STUCK, _ABSENT, _IN_PROCESS)}
    for _ in range(_ROUNDS):
        for name, result in results.items():
            with tempfile.TemporaryDirectory(prefix="bench-") as folder, _running(name, Path(folder)) as registrar:
                tags = phone_tags(_PACED + _HURRIED)
                at_pace = paced(registrar, tags[:_PACED], per_second=_PER_SECOND)
                result.per_second.append(at_pace.per_second)
                result.p50.append(at_pace.p50.total_seconds() * 1000)
                result.at_most.append(hurried(registrar, tags[_PACED:], in_flight=_IN_FLIGHT))
    none = results.pop(_NONE)
    return [figure for name, result in results.items() for figure in _figures(name, result, none)]


def _figures(name: str, ours: _Results, none: _Results) -> list[Figure]:
    rates = f"{median(ours.per_second):,.0f}/s", f"{_NONE} {median(none.per_second):,.0f}/s"
    times = f"{median(ours.p50):.2f} ms", f"{_NONE} {median(none.p50):.2f} ms"
    most = f"{median(ours.at_most):,.0f}/s", f"{_NONE} {median(none.at_most):,.0f}/s"
    aim = "<= 1.1" if name in (_STUCK, _ABSENT) else ""  # a listener that works shares our two cores with Kamailio
    return [
        Figure(f"Kamailio, {name}: registrations", *rates, median_ratio(ours.per_second, none.per_second), ">= 0.99"),
        Figure(f"Kamailio, {name}: p50 of a 200", *times, median_ratio(ours.p50, none.p50), aim),
        Figure(f"Kamailio, {name}: at most", *most, median_ratio(ours.at_most, none.at_most)),
    ]


@contextmanager
def _running(name: str, folder: Path) -> Generator[tuple[str, int]]:
    """Where this Kamailio listens."""
    (port,) = free_ports(1)
    place = str(folder / "plugin.sock") if name == _IN_PROCESS else str(port)
    os.environ["AUTOPROV_SOCKET"] = place
    if name == _NONE:
        with _kamailio({}, snippet=Path(__file__).with_name("kamailio_without_hook.cfg")) as registrar:
            yield registrar
        return
    in_process = {"AUTOPROV_IN_PROCESS": "", "AUTOPROV_HOOK": f'"{CONTRIB / "autoprov_hook.py"}"'}
    defines = in_process if name == _IN_PROCESS else mirrors_to(("127.0.0.1", port))
    if name == _ABSENT:
        with _kamailio(defines) as registrar:
            yield registrar
        return
    with _listening("plugin" if name == _IN_PROCESS else "hep", place, folder) as listener:
        if name == _STUCK:
            listener.send_signal(signal.SIGSTOP)
        with _kamailio(defines) as registrar:
            yield registrar
        listener.send_signal(signal.SIGCONT)


@contextmanager
def _kamailio(defines: Mapping[str, str], *, snippet: Path = SNIPPET) -> Generator[tuple[str, int]]:
    with kamailio_registrar({USER: PASSWORD}, defines=defines, workers=_WORKERS, snippet=snippet) as registrar:
        yield registrar.address


@contextmanager
def _listening(kind: str, place: str, folder: Path) -> Generator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "bench.hook_process", kind, place, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        process.stdout.readline()
        yield process
        process.communicate()


if __name__ == "__main__":
    print_figures(f"Beside Kamailio, {_WORKERS} workers, medians of {_ROUNDS} rounds", measure())
