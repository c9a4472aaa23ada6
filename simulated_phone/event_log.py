"""The events of one phone so far, and waiting for the next."""

import threading
import time

from simulated_phone.events import Event, Fact

_GENEROUS_SECONDS = 20.0


class DidNotHappenError(Exception):
    """The awaited event did not come; the message says what came instead."""


class EventLog:
    """Collects events from one thread and lets others wait for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._is_over = False

    def record(self, event: Event) -> None:
        """Append *event*; this method is a phone's ``report``."""
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def end(self) -> None:
        """Say that nothing more will come, so that nobody waits for it."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    @property
    def events(self) -> list[Event]:
        """Everything so far, oldest first."""
        with self._changed:
            return list(self._events)

    def find(self, name: str, *, after: int = 0, **facts: Fact) -> list[Event]:
        """The events *name* with at least these *facts*, leaving out the log's first *after* events."""
        return [event for event in self.events[after:] if event.matches(name, facts)]

    def wait_for(
        self, name: str, *, timeout_seconds: float = _GENEROUS_SECONDS, after: int = 0, **facts: Fact
    ) -> Event:
        """The first event *name* with at least these *facts*, at once if it is there already.

        ``after=len(log.events)``, taken before a cause, waits for its effect.

        Raises:
            DidNotHappenError: not within the time, or the phone ended first.
        """
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            while True:
                for event in self._events[after:]:
                    if event.matches(name, facts):
                        return event
                remaining = deadline - time.monotonic()
                if self._is_over or remaining <= 0:
                    raise DidNotHappenError(self._explain(name, facts))
                self._changed.wait(remaining)

    def _explain(self, name: str, facts: dict[str, Fact]) -> str:
        told = "\n".join(f"  {event.to_json_line()}" for event in self._events)
        return f"no event {name} with {facts}; the phone told:\n{told or '  nothing'}"
