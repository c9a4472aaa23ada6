"""From a contact that a registrar tells of to a registration as the hook takes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar_plugin.hosts.phone_source import own_host, transport_called
from registrar_plugin.reg_event.book import Seen
from registrar_plugin.reg_event.reginfo import read_sip_uri
from registrar_plugin.registration import AcceptedRegistration
from registrar_plugin.sip.via import DEFAULT_PORT

_USUAL_EXPIRES = timedelta(minutes=5)
"""Where it is not told; how long does not matter here, but that it is not zero."""


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """What we know of a MAC that a registrar does not tell: its phone tag, and as what it fetched its files."""

    phone_tag: str
    user_agent: str


def reported_registration(seen: Seen, phone: KnownPhone, *, received_at: datetime) -> AcceptedRegistration | None:
    """The registration of *phone* by that contact; None where its Contact is no SIP URI."""
    contact, aor = seen.contact, read_sip_uri(seen.address_of_record)
    if contact.uri is None:
        return None
    return AcceptedRegistration(
        address_of_record=seen.address_of_record,
        user=(aor.user if aor is not None else None) or "",
        display_name=phone.phone_tag,
        contact_host=own_host(contact.uri),
        contact_count=1,
        expires=contact.expires or _USUAL_EXPIRES,
        is_query=False,
        user_agent=contact.user_agent or phone.user_agent,
        call_id=contact.call_id,
        source=(contact.uri.host, contact.uri.port or DEFAULT_PORT),
        received_at=received_at,
        transport=transport_called(contact.uri.params.get("transport", "")),
    )
