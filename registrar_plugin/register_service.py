"""REGISTER, served as §10.3 says it step by step."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from typing import assert_never

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_tag import PhoneTag, is_issued_by
from registrar_plugin.authentication import Authenticator, Verdict
from registrar_plugin.bindings import Binding, BindingTable, RequestOutOfOrder, TooManyBindings
from registrar_plugin.hosts.phone_source import transport_called
from registrar_plugin.register_rules import RegistrarSettings, granted_expires, refuse_address, refuse_contacts
from registrar_plugin.registration import AcceptedRegistration, WrongPassword, claimed_tag
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.request import Request
from registrar_plugin.sip.uri import SipUri
from registrar_plugin.sip.via import Address

_RETRY_AFTER = ("Retry-After", "60")
_MOST_LISTED = 40
"""A datagram has no room for more; a phone has at most ten, but the common pool hundreds."""


class RegisterService:
    """Accepts one user, whose address of record every un-provisioned phone registers at the same time.

    So bindings are kept apart by the MAC in the phone tag of the From display name: a query sees and ``Contact: *``
    removes the bindings of its own phone alone. Otherwise one phone's ``Contact: *`` at boot would drop everybody else,
    and with some twenty phones the 200 would outgrow a datagram. Where each phone has a password of its own, that MAC
    is proved. Under a shared password registrations without a tag share one pool, and so do those with a tag that was
    not issued here: none shall take another's place by saying its MAC.
    """

    def __init__(self, settings: RegistrarSettings) -> None:
        self._settings = settings
        self._authenticator = Authenticator(settings)
        self._bindings = BindingTable(limit=settings.max_bindings)

    def serve(
        self, request: Request, source: Address, *, now: datetime
    ) -> tuple[Answer, AcceptedRegistration | WrongPassword | None]:
        """The answer, and what was accepted if it is a 200, or that the password was wrong."""
        refused = refuse_address(request, self._settings)
        if refused is not None:
            return refused, None
        tag = claimed_tag(request.from_.display_name)
        verdict = self._authenticator.check(request, tag=tag, source_host=source[0], now=now)
        refused = self._challenge(verdict, now)
        if refused is not None:
            return refused, _wrong_password(verdict, request, source, now)
        phone, has_old_password = self._phone_of(tag), verdict is Verdict.ADMITTED_WITH_OLD_PASSWORD
        refused = refuse_contacts(request, self._settings) or self._bind(request, phone, source, now, has_old_password)
        if refused is not None:
            return refused, None
        return self._list_bindings(phone, now), self._accepted(request, source, now)

    def binding_of(self, mac: MacAddress, *, now: datetime) -> Binding | None:
        """The newest binding of the phone whose tag says *mac*."""
        return next(iter(self._bindings.living(mac, now=now)), None)

    def _challenge(self, verdict: Verdict, now: datetime) -> Answer | None:
        """The answer to a request with such credentials, None where they will do."""
        match verdict:
            case Verdict.ADMITTED | Verdict.ADMITTED_WITH_OLD_PASSWORD:
                return None
            case Verdict.NO_CREDENTIALS | Verdict.WRONG_PASSWORD | Verdict.STALE:
                challenges = self._authenticator.challenges(is_stale=verdict is Verdict.STALE, now=now)
                return Answer(401, fields=tuple(("WWW-Authenticate", str(challenge)) for challenge in challenges))
            case Verdict.TOO_MANY_WRONG_ANSWERS:
                return Answer(403, "Wrong Password Too Often")
            case _:
                assert_never(verdict)

    def _bind(
        self, request: Request, mac: MacAddress | None, source: Address, now: datetime, has_old_password: bool
    ) -> Answer | None:
        changes = [
            Binding(
                contact=contact,
                address_of_record=request.to.address_of_record,
                call_id=request.call_id,
                cseq=request.cseq,
                expires_at=now + granted_expires(contact, request, self._settings),
                source=source,
                has_old_password=has_old_password,
            )
            for contact in request.contacts
        ]
        try:
            if request.is_wildcard:
                self._bindings.remove_all(mac, call_id=request.call_id, cseq=request.cseq, now=now)
            elif changes:
                self._bindings.update(mac, changes, now=now)
        except RequestOutOfOrder:
            return Answer(400, "CSeq Not Higher Than The Binding's")
        except TooManyBindings:
            return Answer(503, "Too Many Bindings", fields=(_RETRY_AFTER,))
        return None

    def _list_bindings(self, mac: MacAddress | None, now: datetime) -> Answer:
        """The phone's bindings; those just made come first, as the newest."""
        living = self._bindings.living(mac, now=now)[:_MOST_LISTED]
        contacts = [("Contact", _listed(binding, now)) for binding in living]
        return Answer(200, "", (("Date", _date(now.replace(microsecond=0))), *contacts))

    def _phone_of(self, tag: PhoneTag | None) -> MacAddress | None:
        """The MAC of a phone tag of ours, None of any other and without one."""
        key, length = self._settings.tag_key, self._settings.tag_id_length
        return tag.mac if tag is not None and (key is None or is_issued_by(tag, key=key, length=length)) else None

    def _accepted(self, request: Request, source: Address, now: datetime) -> AcceptedRegistration:
        expires = [granted_expires(contact, request, self._settings) for contact in request.contacts]
        uri = request.contacts[0].uri if request.contacts else None
        return AcceptedRegistration(
            address_of_record=request.to.address_of_record,
            user=self._settings.user,
            display_name=request.from_.display_name,
            contact_host=uri.host if isinstance(uri, SipUri) else None,
            contact_count=len(request.contacts),
            expires=max(expires, default=timedelta(0)),
            is_query=not request.contacts and not request.is_wildcard,
            user_agent=request.user_agent,
            call_id=request.call_id,
            source=source,
            received_at=now,
            transport=transport_called(request.via.transport),
        )


def _wrong_password(verdict: Verdict, request: Request, source: Address, now: datetime) -> WrongPassword | None:
    if verdict not in (Verdict.WRONG_PASSWORD, Verdict.TOO_MANY_WRONG_ANSWERS):
        return None
    return WrongPassword(request.from_.display_name, request.user_agent, source, received_at=now)


@lru_cache(maxsize=2)  # the same for all phones of a second
def _date(second: datetime) -> str:
    """SIP-date (§20.17)."""
    return format_datetime(second, usegmt=True)


def _listed(binding: Binding, now: datetime) -> str:
    """The URI in the phone's own characters, for it looks for it in the list, and the seconds that are left."""
    seconds = int((binding.expires_at - now).total_seconds())
    q = f";q={binding.contact.params['q']}" if "q" in binding.contact.params else ""
    return f"<{binding.contact.uri}>{q};expires={seconds}"
