"""What a parser made of a REGISTER, in a form in which parsers can be compared."""

from dataclasses import dataclass, fields

from registrar_plugin.sip.digest import parse_credentials
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.host import write_host
from registrar_plugin.sip.name_addr import NameAddr
from registrar_plugin.sip.request import Request, parse_request
from registrar_plugin.sip.uri import SipUri

WE_REFUSE = "we refuse"
THEY_REFUSE = "they refuse"


@dataclass(frozen=True, slots=True)
class Address:
    """A From, To or Contact; *host* of an IPv6 address in brackets; of another scheme, *user* is the URI."""

    display_name: str
    user: str | None
    host: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The values that decide about a phone.

    *expires* is the header as it stands there; *digest* is username, realm, nonce, uri and response of the first
    Authorization, None where there is none that can be read.
    """

    method: str
    from_: Address
    to: Address
    call_id: str
    cseq: int
    contacts: tuple[Address, ...]
    is_wildcard: bool
    expires: str | None
    user_agent: str
    branch: str
    via_count: int
    digest: tuple[str, str, str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A parser that does not take the message, and what it said."""

    reason: str


def read_ours(data: bytes) -> Reading | Refused:
    """What we make of it."""
    try:
        return _reading(parse_request(data))
    except SipSyntaxError as error:
        return Refused(error.reason)


def differences(ours: Reading | Refused, theirs: Reading | Refused) -> frozenset[str]:
    """The names of the values in which the two differ, or who refuses what the other reads."""
    if isinstance(ours, Refused):
        return frozenset() if isinstance(theirs, Refused) else frozenset({WE_REFUSE})
    if isinstance(theirs, Refused):
        return frozenset({THEY_REFUSE})
    names = (field.name for field in fields(Reading))
    return frozenset(name for name in names if getattr(ours, name) != getattr(theirs, name))


def address_of(address: NameAddr) -> Address:
    """An address that we read."""
    uri = address.uri
    if isinstance(uri, SipUri):
        return Address(address.display_name, uri.user, write_host(uri.host), uri.port)
    return Address(address.display_name, uri.text, "")


def _reading(request: Request) -> Reading:
    return Reading(
        method=request.method,
        from_=address_of(request.from_),
        to=address_of(request.to),
        call_id=request.call_id,
        cseq=request.cseq,
        contacts=tuple(address_of(contact) for contact in request.contacts),
        is_wildcard=request.is_wildcard,
        expires=request.headers.only("expires"),
        user_agent=request.user_agent,
        branch=request.via.branch,
        via_count=len(request.headers.elements("via")),
        digest=_digest(request.headers.first("authorization")),
    )


def _digest(text: str) -> tuple[str, str, str, str, str] | None:
    try:
        read = parse_credentials(text)
    except SipSyntaxError:
        return None
    return read.username, read.realm, read.nonce, read.uri, read.response
