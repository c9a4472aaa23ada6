"""What the registrar accepts, as far as it can be said of a request alone."""

from dataclasses import dataclass, field
from datetime import timedelta

from autoprov_phones.unique_id import DEFAULT_LENGTH
from registrar_plugin.passwords import OldPassword
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.digest import Algorithm
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import is_token
from registrar_plugin.sip.name_addr import NameAddr
from registrar_plugin.sip.request import MAX_CSEQ, Request
from registrar_plugin.sip.uri import SipUri, Uri

ALLOW = ("Allow", "REGISTER, OPTIONS")
MAX_CONTACTS = 10
MAX_CONTACT_LENGTH = 400
"""Octets of a Contact's URI, which is kept and comes back in every 200; a phone's has fewer than a hundred."""
_NEVER = timedelta(0)


@dataclass(frozen=True, slots=True)
class RegistrarSettings:
    """One user on one registrar.

    *domains* are the host names and addresses under which phones know us, in lower case; none given, any will do: a
    phone may have been told an IP address, a name or a PBX's domain. *nonce_key* signs nonces, and should be made anew
    at each start: which of them were used is forgotten at the stop. *tag_key* is the installation's, under which phone
    tags were issued, with IDs of *tag_id_length* symbols; without it any tag is believed. *password* is the one that
    all phones share; None: each has its own, made from *tag_key*, which then has to be there. *algorithms* are offered
    in this order.
    """

    user: str
    realm: str
    password: str | None = field(repr=False)
    nonce_key: bytes = field(repr=False)
    domains: frozenset[str] = frozenset()
    min_expires: timedelta = timedelta(seconds=60)
    default_expires: timedelta = timedelta(seconds=300)
    max_expires: timedelta = timedelta(seconds=3600)
    nonce_life: timedelta = timedelta(minutes=5)
    tag_key: bytes | None = field(default=None, repr=False)
    tag_id_length: int = DEFAULT_LENGTH
    old_password: OldPassword | None = None
    algorithms: tuple[Algorithm, ...] = (Algorithm.MD5,)
    max_bindings: int = 50_000


def refuse_request(request: Request) -> Answer | None:
    """The answer to a request of any method that cannot be served (§8.2), None for one that can."""
    if request.cseq > MAX_CSEQ:
        return Answer(400, "CSeq Not Below 2**31")
    if request.method == "CANCEL":
        return Answer(481)
    if request.method not in ("REGISTER", "OPTIONS"):
        return Answer(405, fields=(ALLOW,))
    if not isinstance(request.uri, SipUri):
        return Answer(416)
    try:
        unsupported = _required_extensions(request)
    except SipSyntaxError as error:
        return Answer(error.status, error.reason)
    if request.method == "REGISTER" and request.headers.all("path"):
        # RFC 3327 §5.3. A binding that is only reached along a Path is of no use to who sends straight to the phone.
        unsupported += ["path"]
    if unsupported:
        return Answer(420, fields=(("Unsupported", ", ".join(unsupported)),))
    return None


def refuse_address(request: Request, settings: RegistrarSettings) -> Answer | None:
    """The answer to a REGISTER for an address of record that is not ours, None for ours.

    404 before any 401: there is one user here, so nothing can be found out, and a phone that was pointed at the wrong
    registrar learns it at once.
    """
    to = request.to.uri
    if not isinstance(to, SipUri):
        return Answer(400, "To: Not A SIP URI")
    if settings.domains and not {_host(request.uri), _host(to)} <= settings.domains:
        return Answer(404, "Not A Domain Of This Registrar")
    if to.user != settings.user:
        return Answer(404, "Not A User Of This Registrar")
    if request.from_.sip_user != to.user:
        return Answer(403, "From Is Not To: No Third-Party Registration")
    return None


def refuse_contacts(request: Request, settings: RegistrarSettings) -> Answer | None:
    """The answer to a REGISTER whose Contacts cannot be bound (§10.3 steps 6 and 7), None where they can."""
    if request.is_wildcard and request.expires != _NEVER:
        return Answer(400, "Contact * Needs Expires 0")
    if len(request.contacts) > MAX_CONTACTS:
        return Answer(400, "Too Many Contacts")
    if any(len(str(contact.uri)) > MAX_CONTACT_LENGTH for contact in request.contacts):
        return Answer(400, "Contact Too Long")
    if any(_NEVER < _asked_expires(contact, request, settings) < settings.min_expires for contact in request.contacts):
        return Answer(423, fields=(("Min-Expires", str(int(settings.min_expires.total_seconds()))),))
    return None


def granted_expires(contact: NameAddr, request: Request, settings: RegistrarSettings) -> timedelta:
    """What a Contact gets: its own wish, else the Expires header's, else the default; not above the maximum."""
    return min(_asked_expires(contact, request, settings), settings.max_expires)


def _asked_expires(contact: NameAddr, request: Request, settings: RegistrarSettings) -> timedelta:
    asked = contact.expires
    if asked is not None:
        return asked
    return settings.default_expires if request.expires is None else request.expires


def _required_extensions(request: Request) -> list[str]:
    """Require = "Require" HCOLON option-tag *(COMMA option-tag);  option-tag = token (§20.32): an empty one is none.

    Raises:
        SipSyntaxError: it is not that.
    """
    option_tags = request.headers.elements("require")
    if not all(map(is_token, option_tags)):
        raise SipSyntaxError("Require: Malformed Option Tag")
    return option_tags


def _host(uri: Uri) -> str:
    return uri.host.lower() if isinstance(uri, SipUri) else ""
