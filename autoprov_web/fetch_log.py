"""What is told of each request: a sighting for the phone's timeline, and a log line where somebody may look for it."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import Program
from autoprov_phones.user_agents import recognise
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_web.access import OUTSIDE
from autoprov_web.answer import NOT_MODIFIED, OK, SERVICE_UNAVAILABLE
from autoprov_web.fetch_report import FetchReport
from autoprov_web.rate_table import TOO_MANY_PHONES, TOO_MANY_REQUESTS

logger = logging.getLogger(__name__)

_A_MINUTE = timedelta(minutes=1)
WARN_EVERY = _A_MINUTE
"""A whole site booting into one outage is one warning a minute, not thousands."""
_MAX_TEXT = 80
_REFUSED = frozenset({OUTSIDE, TOO_MANY_PHONES, TOO_MANY_REQUESTS})
_REFUSED_OF_ONE = 10
_REFUSED_IN_ALL = 60
"""Sightings a minute: who asks without end must not push everybody else's out of the timeline."""
_MAX_TOLD = 1000
"""Addresses and reasons that are remembered; beyond that, some are told of more often."""


class FetchLog:
    """Threads share it. *saw* must neither wait nor raise: the phone is waiting."""

    def __init__(self, saw: Callable[[Sighting], None]) -> None:
        self._saw = saw
        self._told_at: dict[str, datetime] = {}
        self._refused_since = datetime.min.replace(tzinfo=UTC)
        self._refused: Counter[str] = Counter()
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
        if report.verdict not in _REFUSED or self._is_worth_a_row(report.address, at):
            self._saw(Sighting(mac, at, Stage.FETCH, verdict, detail, report.address))
        if report.unique_id:
            logger.info(
                "registration file served",
                extra={"mac": report.mac, "unique_id": report.unique_id, "address": report.address, "phone": phone},
            )
        if report.trouble:
            reason, _, detail = report.trouble.partition(" (")
            if self._is_time(reason, at):
                facts = {"reason": reason, "detail": detail.removesuffix(")")}
                logger.warning("phones are not served as they should be", extra=facts)
        elif report.status == SERVICE_UNAVAILABLE:
            self._tell_later(report, at)

    def _tell_later(self, report: FetchReport, at: datetime) -> None:
        """Once a minute for each address: a whole branch may wait, or somebody tries MACs."""
        if self._is_time(f"{report.verdict} {report.address}", at):
            level = logging.WARNING if report.verdict in (TOO_MANY_PHONES, TOO_MANY_REQUESTS) else logging.INFO
            facts = {"mac": report.mac, "address": report.address, "reason": report.verdict}
            logger.log(level, "phone told to come again later", extra=facts)

    def _is_worth_a_row(self, address: str, at: datetime) -> bool:
        with self._lock:
            if abs(at - self._refused_since) >= _A_MINUTE:
                self._refused_since = at
                self._refused.clear()
            if self._refused[address] >= _REFUSED_OF_ONE or self._refused.total() >= _REFUSED_IN_ALL:
                return False
            self._refused[address] += 1
        return True

    def _is_time(self, what: str, at: datetime) -> bool:
        """Whether *what* was not told of within the last minute."""
        with self._lock:
            told_at = self._told_at.get(what)
            if told_at is not None and abs(at - told_at) < WARN_EVERY:
                return False
            if len(self._told_at) >= _MAX_TOLD:
                self._told_at.clear()
            self._told_at[what] = at
        return True


def user_agent_told(detail: str) -> str:
    """A User-Agent of the phone that the end of a fetch's *detail* names, ``""`` where it names none.

    It is not the one that the phone sent, but is recognised as the same phone: by its model's token and its firmware.
    """
    told = detail.rpartition(", ")[2].split(" ")
    if len(told) > 2:  # an updater, whose version is not the phone's, or nobody whom we know
        return ""
    user_agent = f"PolycomVVX-{told[0]}-UA/{''.join(told[1:])}"
    return user_agent if recognise(user_agent) is not None else ""


def software_text(user_agent: str) -> str:
    """The phone that *user_agent* names, else the header itself, cut."""
    software = recognise(user_agent)
    if software is None:
        return f"not recognised: {user_agent[:_MAX_TEXT]}" if user_agent else "no User-Agent"
    program = "updater " if software.program is Program.UPDATER else ""
    return f"{software.model} {program}{software.firmware}".rstrip()
