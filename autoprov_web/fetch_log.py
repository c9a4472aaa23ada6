"""What is told of each request: a sighting for the phone's timeline, and a log line where somebody may look for it."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import Program
from autoprov_phones.user_agents import recognise
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_web.answer import NOT_MODIFIED, OK, SERVICE_UNAVAILABLE
from autoprov_web.fetch_report import FetchReport

logger = logging.getLogger(__name__)

WARN_EVERY = timedelta(minutes=1)
"""A whole site booting into one outage is one warning a minute, not thousands."""
_MAX_TEXT = 80


class FetchLog:
    """Threads share it. *saw* must neither wait nor raise: the phone is waiting."""

    def __init__(self, saw: Callable[[Sighting], None]) -> None:
        self._saw = saw
        self._warned_at: dict[str, datetime] = {}
        self._lock = Lock()

    def note(self, report: FetchReport) -> None:
        """Tell of one answered request."""
        at = datetime.fromtimestamp(report.at, UTC)
        phone = software_text(report.user_agent)
        detail = f"{report.name}, {phone}"
        if report.unique_id:
            detail = f"ID {report.unique_id}, {detail}"
        verdict = report.verdict if report.status in (OK, NOT_MODIFIED) else f"{report.status}: {report.verdict}"
        mac = MacAddress(report.mac) if report.mac else None
        self._saw(Sighting(mac, at, Stage.FETCH, verdict, detail, report.address))
        if report.unique_id:
            logger.info(
                "registration file served",
                extra={"mac": report.mac, "unique_id": report.unique_id, "address": report.address, "phone": phone},
            )
        if report.status == SERVICE_UNAVAILABLE:
            logger.debug("phone told to come again later", extra={"mac": report.mac, "reason": report.verdict})
        if report.trouble:
            self._warn(report.verdict, report.trouble, at)

    def _warn(self, reason: str, trouble: str, at: datetime) -> None:
        """Once a minute for each reason: there are few of them."""
        with self._lock:
            warned_at = self._warned_at.get(reason)
            if warned_at is not None and abs(at - warned_at) < WARN_EVERY:
                return
            self._warned_at[reason] = at
        logger.warning("phones are not served as they should be", extra={"reason": reason, "detail": trouble})


def software_text(user_agent: str) -> str:
    """The phone that *user_agent* names, else the header itself, cut."""
    software = recognise(user_agent)
    if software is None:
        return f"not recognised: {user_agent[:_MAX_TEXT]}" if user_agent else "no User-Agent"
    program = "updater " if software.program is Program.UPDATER else ""
    return f"{software.model} {program}{software.firmware}".rstrip()
