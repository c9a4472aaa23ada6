"""What is told of each request: a sighting for the phone's timeline, and a log line where somebody may look for it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock

from autoprov_phones.phone_software import Program
from autoprov_phones.requested_file import RequestedFile
from autoprov_phones.user_agents import recognise
from autoprov_sightings.sighting import Sighting, Stage
from autoprov_web.answer import Answer
from autoprov_web.phone_request import PhoneRequest
from autoprov_web.spool_reader import CannotTell, Doubt, Knowledge

logger = logging.getLogger(__name__)

WARN_EVERY = timedelta(minutes=1)
"""A whole site booting into one outage is one warning a minute, not thousands."""
_MAX_TEXT = 80


class FetchLog:
    """Threads share it. *saw* must neither wait nor raise: the phone is waiting."""

    def __init__(self, saw: Callable[[Sighting], None]) -> None:
        self._saw = saw
        self._warned_at: dict[Doubt, datetime] = {}
        self._lock = Lock()

    def note(
        self,
        request: PhoneRequest,
        requested: RequestedFile,
        given: Answer,
        *,
        knowledge: Knowledge | None,
        now: datetime,
    ) -> None:
        """Tell of one answered request."""
        detail = [printable(requested.name), software_text(request.user_agent)]
        if given.unique_id is not None:
            detail.insert(0, f"ID {given.unique_id}")
        self._saw(Sighting(requested.mac, now, Stage.FETCH, given.verdict, ", ".join(detail), request.address))
        if given.unique_id is not None:
            logger.info(
                "registration file served",
                extra={
                    "mac": str(requested.mac),
                    "unique_id": str(given.unique_id),
                    "address": request.address,
                    "phone": detail[-1],
                },
            )
        if given.status is HTTPStatus.SERVICE_UNAVAILABLE:
            logger.debug("phone told to come again later", extra={"mac": str(requested.mac), "reason": given.verdict})
            if isinstance(knowledge, CannotTell):
                self._warn(knowledge, now)

    def _warn(self, cannot_tell: CannotTell, now: datetime) -> None:
        with self._lock:
            warned_at = self._warned_at.get(cannot_tell.doubt)
            if warned_at is not None and now - warned_at < WARN_EVERY:
                return
            self._warned_at[cannot_tell.doubt] = now
        logger.warning(
            "phones are told to come again later",
            extra={"reason": cannot_tell.doubt.value, "detail": printable(cannot_tell.detail)},
        )


def software_text(user_agent: str) -> str:
    """The phone that *user_agent* names, else the header itself, cut and printable."""
    software = recognise(user_agent)
    if software is None:
        return f"not recognised: {printable(user_agent)}" if user_agent else "no User-Agent"
    program = "updater " if software.program is Program.UPDATER else ""
    return f"{software.model} {program}{software.firmware}".rstrip()


def printable(text: str) -> str:
    """At most 80 characters of *text*; control characters, line breaks and the like become ``?``."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in text[:_MAX_TEXT])
