"""What became of a REGISTER: what a registrar, ours or another, tells the hook and the timeline."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, PhoneTagSyntaxError
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.sip.remembered import remembered

_LONGEST_USER_AGENT = 120


@dataclass(frozen=True, slots=True)
class AcceptedRegistration:
    """One REGISTER that was answered with 200.

    *user* is the unescaped user part of the address of record (To); *display_name* and *user_agent* are what the phone
    wrote (From), unproven. *contact_host* is that of the first Contact, without brackets, None where none names a
    host. *expires* is what was granted, zero for a removal; a query (no Contact at all) changed nothing. *call_id*
    stays the same from one boot of a phone to the next (§10.2.4). *source* is where the datagram came from, or the
    other end of the connection that *transport* has. *received_at* is aware.
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
    transport: Transport = Transport.UDP


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """A REGISTER whose sender answered our challenge, from its own address then, without knowing the password.

    *display_name* and *user_agent* are what it wrote, unproven.
    """

    display_name: str
    user_agent: str
    source: tuple[str, int]
    received_at: datetime


@remembered(texts=1024)  # registrar, hook and timeline all ask
def claimed_tag(display_name: str) -> PhoneTag | None:
    """The phone tag in a From display name, whoever wrote it there."""
    try:
        return PhoneTag.parse(display_name)
    except PhoneTagSyntaxError:
        return None


def printable_user_agent(user_agent: str) -> str:
    """For log and timeline: cut, and without the control characters that real phones have there."""
    return "".join(char if char.isprintable() else "?" for char in user_agent[:_LONGEST_USER_AGENT])


def claimed_mac(display_name: str) -> MacAddress | None:
    """The MAC that a From display name claims to be of."""
    tag = claimed_tag(display_name)
    return None if tag is None else tag.mac
