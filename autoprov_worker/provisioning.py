"""One detected phone into the config system: created, brought up to date, or left alone."""

from dataclasses import dataclass

from autoprov_phones.description import parse_description
from autoprov_worker.knowledge import Knowledge
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Accepted, AlreadyThere, Created, NewPhone, Phone


@dataclass(frozen=True, slots=True)
class Provisioned:
    """*verdict* in a word or two, *detail* for the reader."""

    verdict: str
    detail: str


def provision(new: NewPhone, client: SipxconfigClient, knowledge: Knowledge) -> Provisioned:
    """See to it that the phone stands in the config system with a Description of today.

    An assigned phone is left alone, and so are an administrator's words. The spool knows the phone afterwards, but
    where the config system cannot be asked for it: what nobody saw is not written there.

    Raises:
        Unreachable, AccessDenied, SpoolUnavailable, QueueUnavailable: to be done again later; nothing is doubled.
        Refused: the config system will never take it.
    """
    match client.create(new):
        case Created(phone_id):
            knowledge.look(new.mac)
            return Provisioned("created", f"as phone {phone_id}, model {new.model_id}, version {new.version or 'none'}")
        case AlreadyThere(phone):
            provisioned = _bring_up_to_date(phone, new.description, client)
            knowledge.learn(new.mac, phone, has_registered=True)
            return provisioned
        case Accepted(is_checked):
            seen = "and is there" if is_checked else "and does not tell whether it is there"
            detail = f"the old REST took it {seen}; a Description that was there before stays as it was"
            return Provisioned("created or known", detail)


def _bring_up_to_date(phone: Phone, description: str, client: SipxconfigClient) -> Provisioned:
    if not phone.is_unassigned:
        return Provisioned("left alone", f"phone {phone.id} is assigned")
    theirs = parse_description(phone.description)
    if theirs is None:
        return Provisioned("left alone", f"the Description of phone {phone.id} is an administrator's")
    if theirs == parse_description(description):
        return Provisioned("unchanged", f"phone {phone.id} is there as it should")
    client.update_description(phone, description)
    return Provisioned("brought up to date", f"the Description of phone {phone.id}")
