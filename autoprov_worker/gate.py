"""Whether the config system may be asked just now: after a failure one probe at a time, not one per phone."""

from datetime import datetime

from autoprov_worker.retry_schedule import LONGEST_WAIT, next_attempt, next_attempt_after_denial


class Gate:
    """Closed by a failure until the next attempt is due; the success of anything opens it."""

    def __init__(self) -> None:
        self.failures = 0
        self.opens_at: datetime | None = None

    def is_closed(self, *, now: datetime) -> bool:
        """A clock that jumped back closes nothing for longer than the longest wait."""
        return self.opens_at is not None and now < self.opens_at <= now + LONGEST_WAIT

    def succeeded(self) -> None:
        """The config system answered."""
        self.failures = 0
        self.opens_at = None

    def failed(self, *, now: datetime, jitter: float) -> datetime:
        """It did not; when to try again."""
        self.failures += 1
        self.opens_at = next_attempt(self.failures, now=now, jitter=jitter)
        return self.opens_at

    def denied(self, *, now: datetime) -> datetime:
        """It does not let us in; when to try again."""
        self.failures += 1
        self.opens_at = next_attempt_after_denial(now=now)
        return self.opens_at
