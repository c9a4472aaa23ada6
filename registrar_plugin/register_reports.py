"""What the hook says of registrations: to the log once, to the phone's timeline each time."""

import logging
from collections.abc import Callable
from datetime import timedelta

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.detect import NotOurs
from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.registration import AcceptedRegistration, claimed_mac, printable_user_agent

logger = logging.getLogger(__name__)

_REMEMBERED = timedelta(days=1)


class RegisterReports:
    """Says each reason once a day for each phone, and remembers *limit* of them."""

    def __init__(self, saw: Callable[[Sighting], None], *, limit: int) -> None:
        self._saw = saw
        self._told = ExpiringMap[tuple[NotOurs, str], bool](life=_REMEMBERED, limit=limit)

    def detected(self, registration: AcceptedRegistration, phone: DetectedPhone, *, is_news: bool) -> None:
        """A phone of ours registered, or refreshed what is known."""
        detail = f"{phone.software.model} {phone.software.firmware}"
        self._report(registration, "registered" if is_news else "refreshed", detail)

    def not_ours(self, registration: AcceptedRegistration, reason: NotOurs) -> None:
        """A registration is nothing for us."""
        mac = claimed_mac(registration.display_name)
        if reason is NotOurs.OTHER_USER and mac is None:  # in a PBX's registrar that is everybody: not worth a word
            return
        detail = reason.value
        if reason in (NotOurs.UNKNOWN_USER_AGENT, NotOurs.USER_AGENT_OTHER_MAC):
            detail += f": {printable_user_agent(registration.user_agent)}"
        self._report(registration, "not ours", detail)
        told = (reason, str(mac) if mac else registration.source[0])
        if self._told.get(told, now=registration.received_at) is None:
            self._told.set(told, True, now=registration.received_at)
            facts = {"mac": str(mac) if mac else "", "address": registration.source[0], "reason": detail}
            level = logging.DEBUG if reason in (NotOurs.QUERY, NotOurs.REMOVAL) else logging.INFO
            logger.log(level, "registration is nothing to provision", extra=facts)

    def _report(self, registration: AcceptedRegistration, verdict: str, detail: str) -> None:
        mac, at = claimed_mac(registration.display_name), registration.received_at
        self._saw(Sighting(mac, at, Stage.REGISTER, verdict, detail, address=registration.source[0]))


def log_phone(phone: DetectedPhone) -> None:
    """The one line of this stage, once the phone is in safe hands."""
    facts = {
        "mac": str(phone.tag.mac),
        "unique_id": str(phone.tag.unique_id),
        "address": phone.contact_host,
        "model": phone.software.model,
        "firmware": phone.software.firmware,
    }
    logger.info("phone detected", extra=facts)
