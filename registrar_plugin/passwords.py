"""Which password a registration has to be made with."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from autoprov_phones.derived_secret import derive_sip_password
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, is_issued_by
from autoprov_phones.unique_id import MIN_LENGTH
from registrar_plugin.sip.digest import Credentials

_ANY_MAC = MacAddress("000000000000")


class KnownPassword(Enum):
    """Which of the accepted passwords a phone has."""

    CURRENT = auto()
    OLD = auto()


@dataclass(frozen=True, slots=True)
class OldPassword:
    """A password that all phones shared, still accepted before *until* (aware): phones change theirs when they boot."""

    text: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class PasswordPerPhone:
    """Each phone has its own, derived from the installation's *key*, and registers as the phone of its tag alone.

    Who shows no tag is measured against a password that nobody has, made from *nobodys_key*: neither the answer nor its
    time says whether the tag or the password was wrong.
    """

    key: bytes = field(repr=False)
    nobodys_key: bytes = field(repr=False)

    def is_used_in(self, credentials: Credentials, *, method: str, tag: PhoneTag | None) -> bool:
        """Whether the sender knew the password of the phone whose tag it shows, and the tag is ours.

        The tag is checked last, for the check takes longer the rarer the tag; so only who knows the password waits. Of
        any length: nobody guesses it together with the password.
        """
        if tag is None:
            password = derive_sip_password(_ANY_MAC, key=self.nobodys_key)
        else:
            password = derive_sip_password(tag.mac, key=self.key)
        is_known = credentials.is_made_with(password, method=method)
        return is_known and tag is not None and is_issued_by(tag, key=self.key, length=MIN_LENGTH)


@dataclass(frozen=True, slots=True)
class Passwords:
    """The password of today (a text: all phones share it), and for a while the one before."""

    current: str | PasswordPerPhone = field(repr=False)
    old: OldPassword | None = None

    def used_in(
        self, credentials: Credentials, *, method: str, tag: PhoneTag | None, now: datetime
    ) -> KnownPassword | None:
        """The one that the sender of these credentials knew, which shows *tag*; None where none is accepted."""
        if isinstance(self.current, str):
            is_current = credentials.is_made_with(self.current, method=method)
        else:
            is_current = self.current.is_used_in(credentials, method=method, tag=tag)
        old = self.old if self.old is not None and now < self.old.until else None
        is_old = old is not None and credentials.is_made_with(old.text, method=method)
        if is_current:
            return KnownPassword.CURRENT
        return KnownPassword.OLD if is_old else None
