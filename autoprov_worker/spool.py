"""The spool's writer: one small file per MAC, always whole, for the phone-facing path to look at."""

import fcntl
import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Timer

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME, PhoneState, SpoolEntry, SpoolSyntaxError, spool_file_name
from autoprov_worker.errors import SpoolUnavailable

logger = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=5)
"""A look into the config system takes less; who waits longer says so."""
_DIRECTORY_MODE = 0o750
_FILE_MODE = 0o640  # the web server's group reads; lines have passwords in them
_LOCK_FILE_NAME = ".lock"
_SUFFIX = spool_file_name(MacAddress("0" * 12)).removeprefix("0" * 12)


class SpoolWriter:
    """A spool directory; made where it is not there.

    Several processes may write. Whoever writes what the config system says reads it inside ``locked`` as well, so
    that no older answer is ever written over a newer one. Every method raises ``SpoolUnavailable``.
    """

    def __init__(self, directory: Path, *, patience: timedelta = PATIENCE) -> None:
        self._directory = directory
        self._patience = patience
        with self._explained():
            directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Generator[None]:
        """Alone among all threads and processes; not to be nested."""
        with self._explained():
            lock = os.open(self._directory / _LOCK_FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._explained():
                self._wait_for(lock)
            yield
        finally:
            os.close(lock)

    def read(self, mac: MacAddress) -> SpoolEntry | None:
        """The phone's entry. A damaged one reads as that of an assigned phone: the side on which no phone is hurt."""
        path = self._directory / spool_file_name(mac)
        with self._explained():
            try:
                return SpoolEntry.from_bytes(path.read_bytes())
            except FileNotFoundError:
                return None
            except SpoolSyntaxError as error:
                logger.warning("spool entry is damaged", extra={"mac": str(mac), "reason": str(error)})
                return SpoolEntry(PhoneState.ASSIGNED)

    def write(self, mac: MacAddress, entry: SpoolEntry) -> bool:
        """Put the entry in place of the old one, inside ``locked``; False where the file says that already."""
        path = self._directory / spool_file_name(mac)
        content = entry.to_bytes()
        with self._explained():
            try:
                if path.read_bytes() == content:
                    return False
            except FileNotFoundError:
                pass
            _replace(path, content)
        return True

    def remove(self, mac: MacAddress) -> None:
        """Make the phone a stranger, inside ``locked``."""
        with self._explained():
            (self._directory / spool_file_name(mac)).unlink(missing_ok=True)

    def macs(self) -> set[MacAddress]:
        """Every phone that has an entry."""
        found: set[MacAddress] = set()
        with self._explained():
            for name in os.listdir(self._directory):  # noqa: PTH208 - ten thousand names, no need for as many Paths
                try:
                    found.add(MacAddress(name.removesuffix(_SUFFIX)))
                except MacSyntaxError:
                    continue
        return found

    def write_snapshot_time(self, taken_at: datetime) -> None:
        """Vouch that every entry is at least as new as *taken_at*."""
        with self.locked(), self._explained():
            _sync_directory(self._directory)  # the entries' names first
            _replace(self._directory / SNAPSHOT_FILE_NAME, f"{int(taken_at.timestamp())}\n".encode())

    def _wait_for(self, lock: int) -> None:
        """Said while it lasts, for nobody knows how long."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            facts = {"file": str(self._directory / _LOCK_FILE_NAME)}
            message = "spool is locked for long, we wait; see who holds it (fuser)"
            impatience = Timer(self._patience.total_seconds(), logger.warning, (message,), {"extra": facts})
            impatience.daemon = True
            impatience.start()
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
            finally:
                impatience.cancel()

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise SpoolUnavailable(f"{error.filename or self._directory}: {_words(error)}") from error


def _words(error: OSError) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where a directory is wanted; move it away"
    return error.strerror or str(error)


def _replace(path: Path, content: bytes) -> None:
    # One name per entry: what a killed process left behind is overwritten by the next.
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, _FILE_MODE)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    temporary.replace(path)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
