"""Which ports this installation has now: a note of each part that runs, locked as long as its process lives.

So ``autoprov check`` can tell our own ports from those that somebody else has, which a port itself does not say.
"""

import fcntl
import logging
import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from autoprov.ports import Port

logger = logging.getLogger(__name__)

_NEVER_ELSEWHERE = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""Root may read and write here, where the directory is the service's user's: no link leads away, no pipe holds."""
_TRIES = 5
_PAUSE_SECONDS = 0.02
"""Somebody who reads a note holds its lock for less."""


@contextmanager
def ports_noted(directory: Path, ports: Iterable[Port]) -> Generator[None]:
    """Note, until the block ends, that this process has *ports*, which are of one part; where there are none, nothing.

    A note that cannot be written is no reason not to serve: ``check`` then calls these ports somebody else's.
    """
    noted = list(ports)
    descriptor = _noted(directory, noted) if noted else None
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def has_noted(directory: Path, port: Port) -> bool:
    """Whether a process of this installation has *port* now, as far as this user may know."""
    try:
        descriptor = os.open(directory / port.part, os.O_RDONLY | _NEVER_ELSEWHERE)
    except OSError:
        return False
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as note:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return str(port) in note.read().splitlines()
        return False


def _noted(directory: Path, ports: list[Port]) -> int | None:
    """The open file that has the lock; None where somebody else has it, or it cannot be written."""
    path = directory / ports[0].part
    descriptor = None
    try:
        directory.mkdir(mode=0o750, exist_ok=True)
        # Held for reading alone: a file open for writing would keep a failing disk from being mounted read-only.
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | _NEVER_ELSEWHERE, 0o640)
        _lock(descriptor)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_TRUNC | _NEVER_ELSEWHERE), "w", encoding="utf-8") as note:
            note.writelines(f"{port}\n" for port in ports)
    except OSError as error:
        if descriptor is not None:
            os.close(descriptor)
        facts = {"file": str(path), "reason": error.strerror or str(error)}
        logger.warning("ports not noted, 'autoprov check' will take them for somebody else's", extra=facts)
        return None
    return descriptor


def _lock(descriptor: int) -> None:
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise BlockingIOError("another process has it")
