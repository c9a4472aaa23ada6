"""One judgement over all that comes in, by whatever transport: who is served, and who is told to come later."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from registrar_plugin.hosts.overload import OverloadGate, Treatment

logger = logging.getLogger(__name__)

_WARN_EVERY = timedelta(minutes=1)


class Admission:
    """A gate that all listeners of a registrar share, so that nobody gets a second share by a second transport."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._gate = OverloadGate()
        self._warned_at: datetime | None = None

    def judge(self, host: str, *, waited: timedelta) -> Treatment:
        """What a message from *host* gets that *waited* for us; that not all is served is said once a minute."""
        now = self._clock()
        treatment = self._gate.judge(host, waited=waited, now=now)
        if treatment is not Treatment.SERVE:
            self._warn(host, waited, now)
        return treatment

    def _warn(self, host: str, waited: timedelta, now: datetime) -> None:
        if self._warned_at is None or now - self._warned_at > _WARN_EVERY:
            self._warned_at = now
            facts = {"host": host, "waited_seconds": waited.total_seconds()}
            logger.warning("more requests than can be served, some are told to come later", extra=facts)
