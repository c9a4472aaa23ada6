"""REGISTER, served as §10.3 says it step by step."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import assert_never

from autoprov_phones.mac import MacAddress
from registrar_plugin.authentication import Authenticator, DigestUser, Verdict
from registrar_plugin.bindings import Binding, BindingTable, RequestOutOfOrder, TooManyBindings
from registrar_plugin.register_rules import RegistrarSettings, granted_expires, refuse_address, refuse_contacts
from registrar_plugin.registration import AcceptedRegistration, claimed_mac
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.request import Request
from registrar_plugin.sip.uri import SipUri
from registrar_plugin.sip.via import Address

_RETRY_AFTER = ("Retry-After", "60")


class RegisterService:
    """Accepts one user, whose address of record every un-provisioned phone registers at the same time.

    So bindings are kept apart by the MAC in the phone tag of the From display name: a query sees and ``Contact: *``
    removes the bindings of its own phone alone. Otherwise one phone's ``Contact: *`` at boot would drop everybody else,
    and with some twenty phones the 200 would outgrow a datagram. Registrations without a tag share one pool.
    """

    def __init__(self, settings: RegistrarSettings) -> None:
        self._settings = settings
        user = DigestUser(settings.user, settings.realm, settings.password)
        self._authenticator = Authenticator(user, nonce_key=settings.nonce_key, nonce_life=settings.nonce_life)
        self._bindings = BindingTable()

    def serve(self, request: Request, source: Address, *, now: datetime) -> tuple[Answer, AcceptedRegistration | None]:
        """The answer, and what was accepted if it is a 200."""
        refused = (
            refuse_address(request, self._settings)
            or self._authenticate(request, source, now)
            or refuse_contacts(request, self._settings)
            or self._bind(request, source, now)
        )
        if refused is not None:
            return refused, None
        return self._list_bindings(request, now), self._accepted(request, source, now)

    def binding_of(self, mac: MacAddress, *, now: datetime) -> Binding | None:
        """The newest binding of the phone whose tag claims *mac*."""
        return next(iter(self._bindings.living(mac, now=now)), None)

    def _authenticate(self, request: Request, source: Address, now: datetime) -> Answer | None:
        verdict = self._authenticator.check(request, source_host=source[0], now=now)
        match verdict:
            case Verdict.ADMITTED:
                return None
            case Verdict.NO_CREDENTIALS | Verdict.STALE:
                challenge = self._authenticator.challenge(is_stale=verdict is Verdict.STALE, now=now)
                return Answer(401, fields=(("WWW-Authenticate", str(challenge)),))
            case Verdict.TOO_MANY_WRONG_ANSWERS:
                return Answer(403, "Wrong Password Too Often")
            case _:
                assert_never(verdict)

    def _bind(self, request: Request, source: Address, now: datetime) -> Answer | None:
        mac = claimed_mac(request.from_.display_name)
        changes = [
            Binding(
                contact=contact,
                address_of_record=_address_of_record(request),
                call_id=request.call_id,
                cseq=request.cseq,
                expires_at=now + granted_expires(contact, request, self._settings),
                source=source,
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

    def _list_bindings(self, request: Request, now: datetime) -> Answer:
        """The phone's bindings; those just made come first, as the newest."""
        living = self._bindings.living(claimed_mac(request.from_.display_name), now=now)
        contacts = tuple(("Contact", _listed(binding, now)) for binding in living)
        return Answer(200, fields=(("Date", format_datetime(now, usegmt=True)), *contacts))

    def _accepted(self, request: Request, source: Address, now: datetime) -> AcceptedRegistration:
        expires = [granted_expires(contact, request, self._settings) for contact in request.contacts]
        uri = request.contacts[0].uri if request.contacts else None
        return AcceptedRegistration(
            address_of_record=_address_of_record(request),
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
        )


def _listed(binding: Binding, now: datetime) -> str:
    """The URI in the phone's own characters, for it looks for it in the list, and the seconds that are left."""
    seconds = int((binding.expires_at - now).total_seconds())
    q = f";q={binding.contact.params['q']}" if "q" in binding.contact.params else ""
    return f"<{binding.contact.uri}>{q};expires={seconds}"


def _address_of_record(request: Request) -> str:
    uri = request.to.uri
    return f"{uri.scheme}:{uri.user}@{uri.host}" if isinstance(uri, SipUri) else str(uri)
