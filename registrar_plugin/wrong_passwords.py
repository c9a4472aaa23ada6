"""What is said of phones that register with a wrong password."""

import logging
from collections.abc import Callable
from datetime import timedelta

from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.registration import WrongPassword, claimed_mac, printable_user_agent

logger = logging.getLogger(__name__)

TELL_EVERY = timedelta(hours=1)
PHONES_OF_ONE_ADDRESS = 250
"""A building behind one NAT; who claims to be more phones than that is guessing."""
_LIMIT = 10_000
_DETAIL = "answered with a wrong password, or as another user; by booting a phone of ours gets the right one"


class WrongPasswordReports:
    """Tells log and timeline once an hour for each phone, or address where no phone tag is shown.

    It stands where strangers knock, so it remembers *limit* phones and names only so many of one address in an hour.
    """

    def __init__(self, saw: Callable[[Sighting], None], *, limit: int = _LIMIT) -> None:
        self._saw = saw
        self._told = ExpiringMap[tuple[str, str], bool](life=TELL_EVERY, limit=limit)
        self._phones_told = ExpiringMap[str, int](life=TELL_EVERY, limit=limit)

    def take(self, wrong: WrongPassword) -> None:
        """Say it, unless it was said; returns at once."""
        mac, host, now = claimed_mac(wrong.display_name), wrong.source[0], wrong.received_at
        phone = (str(mac or ""), host)  # its MAC alone would let a stranger who says it hide the phone itself
        if self._told.get(phone, now=now) is not None:
            return
        count = (self._phones_told.get(host, now=now) or 0) + 1
        if count > PHONES_OF_ONE_ADDRESS + 1:
            return
        self._phones_told.set(host, count, now=now)
        if count > PHONES_OF_ONE_ADDRESS:
            logger.warning("wrong passwords of many phones at one address, no more are named", extra={"address": host})
            return
        self._told.set(phone, True, now=now)
        self._saw(Sighting(mac, now, Stage.REGISTER, "wrong password", _DETAIL, address=host))
        facts = {"mac": phone[0], "address": host, "user_agent": printable_user_agent(wrong.user_agent)}
        logger.warning("phone registers with a wrong password", extra=facts)
