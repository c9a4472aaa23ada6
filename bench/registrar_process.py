"""``bench.embedded_registrar`` as a child process."""

import subprocess
import sys
from pathlib import Path


class RegistrarProcess:
    """Our registrar, its hook and its queue; runs until it is stopped. What it logs is in ``log``."""

    def __init__(self, folder: Path, *, has_sightings: bool) -> None:
        self.log = folder / "log"
        command = [sys.executable, "-m", "bench.embedded_registrar", str(folder)]
        command += ["--sightings"] if has_sightings else []
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.process_id = self._process.pid
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def stop(self) -> int:
        """End it; how many phones it had handed over to the queue."""
        said, _ = self._process.communicate()
        return int(said)
