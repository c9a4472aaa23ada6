"""A phone that registered as the autoprovision user: what the hook hands to the worker."""

from dataclasses import dataclass
from datetime import datetime

from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.phone_tag import PhoneTag


@dataclass(frozen=True, slots=True)
class DetectedPhone:
    """Everything that one accepted REGISTER says of its phone.

    *contact_host* is the host of the Contact URI: an IPv4 address, an IPv6 address without brackets, or a name.
    *seen_at* is aware.
    """

    tag: PhoneTag
    software: PhoneSoftware
    contact_host: str
    seen_at: datetime
