"""Accepted registrations of many phones of one installation."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, issue_phone_tag
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import USER, USER_AGENT

KEY = b"an installation's key"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 20.0


def tag(number: int) -> PhoneTag:
    """The tag of the installation's *number*-th phone."""
    return issue_phone_tag(MacAddress(f"0004f2{number:06x}"), key=KEY, length=6)


def registration(
    number: int = 1, *, host: str = "192.0.2.31", at: datetime = NOW, call_id: str = "boot 1"
) -> AcceptedRegistration:
    """That phone's REGISTER, accepted."""
    return AcceptedRegistration(
        address_of_record=f"sip:{USER}@pbx",
        user=USER,
        display_name=str(tag(number)),
        contact_host=host,
        contact_count=1,
        expires=timedelta(minutes=5),
        is_query=False,
        user_agent=USER_AGENT,
        call_id=call_id,
        source=(host, 5060),
        received_at=at,
    )


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether *condition* comes true, with much patience for a busy machine."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
