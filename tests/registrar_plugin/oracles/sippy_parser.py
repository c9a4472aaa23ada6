"""sippy's reading of a REGISTER; the one place that touches that untyped package."""

from typing import Any

from sippy.Exceptions.SipParseError import SipParseError  # type: ignore[import-untyped]  # sippy has no types
from sippy.SipRequest import SipRequest  # type: ignore[import-untyped]  # sippy has no types

from tests.registrar_plugin.reading import Address, Reading, Refused

# What sippy was seen to raise on messages that it cannot read: it has no error of its own for most of them, and
# a bare Exception where Via, To, From or CSeq is missing.
_MISSING = "HF is missed"


def read_as_sippy(data: bytes) -> Reading | Refused:
    """What sippy makes of the message, as its UDP server would hand it over."""
    try:
        return _reading(SipRequest(data.decode("utf-8")))
    except (ValueError, IndexError, TypeError, AttributeError, AssertionError, UnboundLocalError, SipParseError) as error:
        return Refused(f"{type(error).__name__}: {error}")
    except Exception as error:
        if _MISSING not in str(error):
            raise
        return Refused(str(error))


def _reading(request: Any) -> Reading:
    contacts = request.getHFBodys("contact")
    vias = request.getHFBodys("via")
    return Reading(
        method=request.getMethod(),
        from_=_address(request.getHFBody("from").address),
        to=_address(request.getHFBody("to").address),
        call_id=str(request.getHFBody("call-id")),
        cseq=request.getHFBody("cseq").getCSeq()[0],
        contacts=tuple(_address(contact.address) for contact in contacts if not contact.asterisk),
        is_wildcard=any(contact.asterisk for contact in contacts),
        expires=_first(request, "expires"),
        user_agent=_first(request, "user-agent") or "",
        branch=vias[0].params.get("branch") or "",
        via_count=len(vias),
        digest=_digest(request),
    )


def _address(address: Any) -> Address:
    """sippy keeps ``;name=value`` of a user part in a list of its own."""
    url = address.url
    user = None if url.username is None else ";".join([url.username, *url.userparams])
    return Address(address.name or "", user, url.host, url.port)


def _first(request: Any, name: str) -> str | None:
    return next((str(body.body) for body in request.getHFBodys(name)), None)


def _digest(request: Any) -> tuple[str, str, str, str, str] | None:
    """Read last and apart: what sippy raises there is no refusal of the message."""
    try:
        read = next(iter(request.getHFBodys("authorization")), None)
    except (ValueError, IndexError):
        return None
    return None if read is None else (read.username, read.realm, read.nonce, read.uri, read.response)
