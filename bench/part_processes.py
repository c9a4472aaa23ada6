"""An installation on loopback whose parts are processes of their own, to be killed and started again."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from autoprov.demo.site import demo_settings
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov.settings.template import TEMPLATE

PARTS = ("inventory", "worker", "registrar", "web")
_CHANGED = {
    'lease = "5m"': 'lease = "6s"',
    'timeout = "20s"': 'timeout = "1s"',
    "requests_per_minute = 600": "requests_per_minute = 1000000",
    "macs_per_hour = 50": "macs_per_hour = 10000",
}
"""A killed worker's phone is free within seconds, and all phones have one address here."""


def installation(folder: Path) -> Settings:
    """A fresh one in *folder*."""
    file = demo_settings(folder).file
    text = file.read_text("utf-8")
    for default, changed in _CHANGED.items():
        assert default in TEMPLATE, default
        text = text.replace(default, changed)
    file.write_text(text, "utf-8")
    return load_settings(file)


class PartProcesses:
    """``autoprov inventory``, ``worker``, ``registrar`` and ``web``; each logs to the file of its name."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings_file = settings.file
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for part in PARTS:
            self.start(part)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait()

    def start(self, part: str) -> None:
        """Return at once: it may be killed while it starts, too."""
        command = [sys.executable, "-m", "autoprov", part, "--settings", str(self._settings_file)]
        with self.log(part).open("ab") as log:
            self._processes[part] = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - our own program

    def kill(self, part: str) -> None:
        """As ``kill -9`` does."""
        self._processes[part].kill()
        self._processes[part].wait()

    def died(self) -> Sequence[str]:
        """Parts that ended by themselves."""
        return [part for part, process in self._processes.items() if process.poll() is not None]

    def log(self, part: str) -> Path:
        """What it logged, over all its lives."""
        return self._folder / f"{part}.log"
