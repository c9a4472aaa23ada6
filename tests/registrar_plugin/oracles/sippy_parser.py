"""sippy's reading of a message."""

from typing import Literal

from sippy.Exceptions.SipParseError import SipParseError
from sippy.SipAddress import SipAddress
from sippy.SipRequest import SipRequest
from sippy.SipResponse import SipResponse

from tests.registrar_plugin.reading import Address, Reading, Refused

# sippy says by these that it cannot read a message: it has an error of its own for bodies only.
_STUMBLES = (ValueError, IndexError, TypeError, AttributeError, UnboundLocalError, AssertionError, SipParseError)
# And by a bare Exception with this text that Via, To, From or CSeq is missing.
_MISSING = "HF is missed"


def read_as_sippy(data: bytes) -> Reading | Refused:
    """What sippy makes of a request, decoded as its UDP server does it."""
    try:
        return _reading(SipRequest(data.decode("utf-8")))
    except _STUMBLES as error:
        return Refused(f"{type(error).__name__}: {error}")
    except Exception as error:
        if _MISSING not in str(error):
            raise
        return Refused(str(error))


def read_response_as_sippy(data: bytes) -> tuple[int, str, str, int] | Refused:
    """Status, reason phrase, topmost branch and CSeq of a response."""
    try:
        response = SipResponse(data.decode("utf-8"))
        status, reason = response.getSCode()
        return (
            status,
            reason,
            response.getHFBodys("via")[0].getBranch() or "",
            response.getHFBodys("cseq")[0].getCSeq()[0],
        )
    except _STUMBLES as error:
        return Refused(f"{type(error).__name__}: {error}")


def _reading(request: SipRequest) -> Reading:
    contacts = request.getHFBodys("contact")
    vias = request.getHFBodys("via")
    return Reading(
        method=request.getMethod(),
        from_=_address(request.getHFBodys("from")[0].address),
        to=_address(request.getHFBodys("to")[0].address),
        call_id=_first(request, "call-id") or "",
        cseq=request.getHFBodys("cseq")[0].getCSeq()[0],
        contacts=tuple(_address(contact.address) for contact in contacts if not contact.asterisk),
        is_wildcard=any(contact.asterisk for contact in contacts),
        expires=_first(request, "expires"),
        user_agent=_first(request, "user-agent") or "",
        branch=vias[0].params.get("branch") or "",
        via_count=len(vias),
        digest=_digest(request),
    )


def _address(address: SipAddress) -> Address:
    """sippy keeps what follows a semicolon in the user part in a list of its own."""
    url = address.url
    user = None if url.username is None else ";".join([url.username, *url.userparams])
    return Address(address.name or "", user, url.host, url.port)


def _first(request: SipRequest, name: Literal["call-id", "expires", "user-agent"]) -> str | None:
    return next((header.body for header in request.getHFBodys(name)), None)


def _digest(request: SipRequest) -> tuple[str, str, str, str, str] | None:
    """Read last and apart: what sippy raises there is no refusal of the message."""
    try:
        read = next(iter(request.getHFBodys("authorization")), None)
    except (ValueError, IndexError):
        return None
    return None if read is None else (read.username, read.realm, read.nonce, read.uri, read.response)
