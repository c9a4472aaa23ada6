"""SIGTERM, Ctrl-C and a closed terminal as an event that the main thread waits for."""

import signal
import threading
from types import FrameType


def stop_signal() -> threading.Event:
    """An event that is set by SIGTERM, SIGINT or SIGHUP; a second signal ends the process as usual.

    Under nohup SIGHUP stays ignored.
    """
    stopped = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, stop)
    return stopped
