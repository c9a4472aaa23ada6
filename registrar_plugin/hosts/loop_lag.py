"""How late the event loop is."""

import asyncio
from datetime import timedelta

_BEAT_SECONDS = 0.1


class LoopLag:
    """A timer of the loop: as late as it is, as long at least what is ready to be read waits."""

    def __init__(self) -> None:
        self._due_at: float | None = None

    def start(self) -> None:
        """Beat until the loop ends; to be called in it."""
        loop = asyncio.get_running_loop()
        self._due_at = loop.time() + _BEAT_SECONDS
        loop.call_at(self._due_at, self.start)

    def now(self) -> timedelta:
        """How late the next beat is already, in the loop; zero while it is not due."""
        if self._due_at is None:
            return timedelta(0)
        return timedelta(seconds=max(0.0, asyncio.get_running_loop().time() - self._due_at))
