"""SIGTERM and Ctrl-C as an event that the main thread waits for."""

import signal
import threading
from types import FrameType


def stop_signal() -> threading.Event:
    """An event that is set by SIGTERM or SIGINT; a second signal ends the process as usual."""
    stopped = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopped
