"""Whether an accepted registration is a phone to provision."""

from datetime import timedelta
from enum import Enum

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import is_issued_by
from autoprov_phones.user_agents import recognise
from registrar_plugin.registration import AcceptedRegistration, claimed_tag
from registrar_plugin.sip.remembered import remembered


class NotOurs(Enum):
    """Why a registration is nothing for us, in words for the log and the timeline."""

    OTHER_USER = "registered as another user than the autoprovision user"
    QUERY = "only asked for its bindings"
    REMOVAL = "took its registration back"
    NO_TAG = "has no phone tag in its From display name"
    FORGED_TAG = "carries a phone tag that this installation did not issue"
    UNKNOWN_USER_AGENT = "has a User-Agent that is of no known phone"
    USER_AGENT_OTHER_MAC = "has a User-Agent that says another MAC than its phone tag"
    ASSIGNED = "is of a phone that has a line, which is left as it is"
    NO_CONTACT_HOST = "has a Contact that names no host"


@remembered(texts=64)  # all phones of a model say the same
def _recognise(user_agent: str) -> PhoneSoftware | None:
    return recognise(user_agent.strip())


def detect(
    registration: AcceptedRegistration,
    *,
    autoprovision_user: str,
    key: bytes,
    id_length: int,
    takes_longer_users: bool = False,
) -> DetectedPhone | NotOurs:
    """The phone that registered, or why it is not one of those that *key*'s installation provisions.

    *id_length* is that of the unique IDs; a phone may still show a longer one, of before it was changed.
    *takes_longer_users*: an address of record that only begins with the autoprovision user counts too.
    """
    user = registration.user
    if user != autoprovision_user and not (takes_longer_users and user.startswith(autoprovision_user)):
        return NotOurs.OTHER_USER
    if registration.is_query:
        return NotOurs.QUERY
    if registration.expires <= timedelta(0):
        return NotOurs.REMOVAL
    tag = claimed_tag(registration.display_name)
    if tag is None:
        return NotOurs.NO_TAG
    if not is_issued_by(tag, key=key, length=id_length):
        return NotOurs.FORGED_TAG
    software = _recognise(registration.user_agent)
    if software is None:
        return NotOurs.UNKNOWN_USER_AGENT
    if software.mac not in (None, tag.mac):
        return NotOurs.USER_AGENT_OTHER_MAC
    if registration.contact_host is None:
        return NotOurs.NO_CONTACT_HOST
    return DetectedPhone(tag, software, registration.contact_host, registration.received_at)
