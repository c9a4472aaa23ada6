"""A simulated phone as a process of its own, and its events as they are told."""

import subprocess
import sys
import threading
from collections.abc import Callable

from simulated_phone.event_log import EventLog
from simulated_phone.events import Event

_GOODBYE_SECONDS = 5.0


class PhoneProcess:
    """``python -m simulated_phone`` with *arguments*, running from construction until ``stop``.

    Its events are kept in ``log``; *report*, too, is called with each, in a thread of this object.
    """

    def __init__(self, arguments: list[str], *, report: Callable[[Event], None] | None = None) -> None:
        self.log = EventLog()
        self._report = report
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, this package
            [sys.executable, "-m", "simulated_phone", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, name=f"phone-process-{self._process.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def wait(self, *, timeout_seconds: float) -> int:
        """The exit status of a phone that ends by itself (``--exit-after``)."""
        status = self._process.wait(timeout_seconds)
        self._reader.join()
        return status

    def stop(self) -> None:
        """Pull the plug: its standard input closes, and it ends."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                event = Event.from_json_line(line)
                self.log.record(event)
                if self._report is not None:
                    self._report(event)
        self.log.end()
