"""Reads what CGI processes and Apache's daemons told of their requests, and empties their file. Edge: a thread."""

import fcntl
import logging
import os
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from autoprov_web.fetch_report import FETCHES_FILE_NAME, FILE_MODE, MAX_FILE_BYTES, OPEN_FLAGS, FetchReport

logger = logging.getLogger(__name__)

_EVERY = 0.5
_TAIL = 2_000_000


class FetchReader:
    """*note* is told of each request; the file in *directory* is made so that the web server's group can write it."""

    def __init__(self, directory: Path, note: Callable[[FetchReport], None]) -> None:
        self._file = directory / FETCHES_FILE_NAME
        self._note = note
        self._stopping = Event()
        self._failed = False
        self._thread = Thread(target=self._run, name="fetch-reader", daemon=True)

    def start(self) -> None:
        """Read from now on, twice a second."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """So that ``stop`` waits less."""
        self._stopping.set()

    def stop(self) -> None:
        """Read what is there, and end."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def read(self) -> int:
        """Take out what is there now and tell of it; how many lines that were.

        Raises:
            OSError: the file cannot be read or emptied.
        """
        data = take_all(self._file)
        if len(data) >= MAX_FILE_BYTES:
            logger.warning("fetches were lost: their file was full", extra={"file": str(self._file)})
        lines = data.splitlines(keepends=True)
        reports = [report for line in lines if (report := FetchReport.from_line(line)) is not None]
        for report in sorted(reports, key=lambda report: report.at):  # of several processes, each writes when it can
            self._note(report)
        return len(lines)

    def _run(self) -> None:
        while True:
            last = self._stopping.is_set()
            try:
                self.read()
                self._failed = False
            except OSError as error:
                if not self._failed:
                    logger.error("fetches cannot be read", extra={"file": str(self._file), "reason": str(error)})
                self._failed = True
            except Exception:
                logger.exception("reading the fetches failed")
            if last:
                return
            self._stopping.wait(_EVERY)


def take_all(file: Path) -> bytes:
    """The file's content, which is empty then; nothing while somebody writes in this very moment.

    Raises:
        OSError: it cannot be opened, read or emptied.
    """
    descriptor = os.open(file, os.O_RDWR | OPEN_FLAGS, FILE_MODE)
    try:
        status = os.fstat(descriptor)
        if status.st_uid == os.geteuid() and status.st_mode & 0o777 != FILE_MODE:
            os.fchmod(descriptor, FILE_MODE)
        if status.st_size == 0:
            return b""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return b""
        parts: list[bytes] = []
        while part := os.read(descriptor, _TAIL):
            parts.append(part)
        os.ftruncate(descriptor, 0)
        return b"".join(parts)
    finally:
        os.close(descriptor)
