"""What a subscription has told of registrations so far (RFC 3680 §5.1): which of them are news, and what was missed."""

from enum import Enum
from typing import NamedTuple

from registrar_plugin.reg_event.reginfo import MAX_CONTACTS, RegInfo, ReportedContact

_NONE_YET = -1


class Missed(Enum):
    """Why a document could not be taken."""

    OLDER = "older than what is known"
    GAP = "one before it was missed"


class Seen(NamedTuple):
    """A contact that registered, registered again, or was there before we asked."""

    address_of_record: str
    contact: ReportedContact


class RegEventBook:
    """Of one subscription; the next one has another.

    A full document says all there is, so nothing is missed before it, and its version is of no matter: a sipXecs counts
    one for all its subscribers, a Kamailio 5.6 sends 0 each time. That it is newer, the NOTIFY's CSeq says.
    """

    def __init__(self) -> None:
        self._version = _NONE_YET
        self._contacts: dict[tuple[str, str], ReportedContact] = {}

    def __len__(self) -> int:
        return len(self._contacts)

    def take(self, info: RegInfo) -> list[Seen] | Missed:
        """The news in *info*, in its order."""
        if not info.is_full and info.version != self._version + 1:
            return Missed.OLDER if info.version <= self._version else Missed.GAP
        self._version = info.version
        before = self._contacts
        self._contacts = {} if info.is_full else dict(before)
        news: list[Seen] = []
        for registration in info.registrations:
            for contact in registration.contacts:
                key = registration.address_of_record, contact.contact_id
                if not contact.is_active:
                    self._contacts.pop(key, None)
                elif len(self._contacts) < MAX_CONTACTS or key in self._contacts:
                    self._contacts[key] = contact
                    if _as_registered(before.get(key)) != _as_registered(contact):
                        news.append(Seen(registration.address_of_record, contact))
        return news


def _as_registered(contact: ReportedContact | None) -> ReportedContact | None:
    """What changes with a REGISTER alone: the time that is left gets shorter by itself."""
    return None if contact is None else contact._replace(expires=None)
