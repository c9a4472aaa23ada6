"""A registration that was accepted: what a registrar, ours or another, tells the hook."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, PhoneTagSyntaxError
from registrar_plugin.sip.remembered import remembered


@dataclass(frozen=True, slots=True)
class AcceptedRegistration:
    """One REGISTER that was answered with 200.

    *user* is the unescaped user part of the address of record (To); *display_name* and *user_agent* are what the phone
    wrote (From), unproven. *contact_host* is that of the first Contact, without brackets, None where none names a
    host. *expires* is what was granted, zero for a removal; a query (no Contact at all) changed nothing. *call_id*
    stays the same from one boot of a phone to the next (§10.2.4). *source* is where the datagram came from.
    *received_at* is aware.
    """

    address_of_record: str
    user: str
    display_name: str
    contact_host: str | None
    contact_count: int
    expires: timedelta
    is_query: bool
    user_agent: str
    call_id: str
    source: tuple[str, int]
    received_at: datetime


@remembered(texts=1024)  # registrar, hook and timeline all ask
def claimed_tag(display_name: str) -> PhoneTag | None:
    """The phone tag in a From display name, whoever wrote it there."""
    try:
        return PhoneTag.parse(display_name)
    except PhoneTagSyntaxError:
        return None


def claimed_mac(display_name: str) -> MacAddress | None:
    """The MAC that a From display name claims to be of."""
    tag = claimed_tag(display_name)
    return None if tag is None else tag.mac
