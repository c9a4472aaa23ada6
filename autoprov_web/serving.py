"""One request from its judgement to its answer, the same for all edges. Edge: reads the spool and the site's limits."""

from __future__ import annotations

import hmac

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.requested_file import read_path
from autoprov_web import routes
from autoprov_web.access import OUTSIDE
from autoprov_web.answer import OK, accepted_and_dropped, not_found, try_later
from autoprov_web.conditional import with_validators
from autoprov_web.fetch_report import report_of
from autoprov_web.pairing import hold_pairing, is_paired
from autoprov_web.spool_reader import CannotTell, look_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress
    from autoprov_phones.requested_file import RequestedFile
    from autoprov_web.answer import Answer
    from autoprov_web.fetch_report import FetchReport
    from autoprov_web.phone_request import PhoneRequest
    from autoprov_web.site import Site

_OWN_DIRECTORY = "own directory"
_PAIRING = "pairing"


def serve(request: PhoneRequest, site: Site, *, now: float) -> tuple[Answer, FetchReport]:
    """The answer to *request*, and what there is to tell of it.

    Judged in this order, so that each says nothing of what comes after it: the network; how much it asks; whether the
    phone has shown who it is; whether discovery is open to it. Only then is looked up what is known of the MAC. A phone
    that has shown who it is counts as a request, not as one more MAC: a building behind one NAT may have many.
    """
    requested = read_path(request.path, prefix=site.path_prefix)
    proof = _proof_in(requested, request.address, site, now=now)
    admission = site.access.admit(request.address, None if proof else requested.mac, now=now)
    if admission is None:
        given, trouble = not_found(OUTSIDE), ""
    elif admission.retry_after:
        given, trouble = try_later(admission.reason, retry_after=admission.retry_after), ""
    else:
        given, trouble = _answer(request, requested, site, proof=proof, now=now)
        given = with_validators(given, request)
        trouble = admission.trouble or trouble
    return given, report_of(request, requested, given, trouble=trouble, now=now)


def _answer(
    request: PhoneRequest, requested: RequestedFile, site: Site, *, proof: str, now: float
) -> tuple[Answer, str]:
    """With the answer: what an operator should mend, ``""`` if nothing."""
    if routes.is_upload(request.method, requested.name):
        return accepted_and_dropped(), ""
    if request.method not in ("GET", "HEAD"):
        return not_found("method not served"), ""
    if requested.mac is None and not requested.is_bootstrap:
        return not_found(), ""
    # Last, and for those in the networks alone: it costs a process.
    proven = proof != "" or (requested.mac is not None and request.certified_mac() == requested.mac)
    is_own_bootstrap = requested.is_bootstrap and requested.token
    needs_discovery = not (proven or is_own_bootstrap)
    if needs_discovery and (reason := site.access.closed_because(requested.mac, request.address, now=now)):
        return try_later(reason, retry_after=site.retry_after), ""
    if requested.mac is None:
        return routes.bootstrap(requested, site), ""
    knowledge = look_up(site.spool_directory, requested.mac, now=now, max_age=site.snapshot_max_age)
    given = routes.phone_answer(
        requested, requested.mac, knowledge=knowledge, user_agent=request.user_agent, proven=proven, site=site
    )
    if proof == _PAIRING and given.status == OK:
        given = _held(given, requested.mac, request.address, site)
    trouble = f"{knowledge.doubt} ({knowledge.detail})" if isinstance(knowledge, CannotTell) else ""
    return given, trouble


def _proof_in(requested: RequestedFile, address: str, site: Site, *, now: float) -> str:
    """By what the phone has shown that it is the one whose MAC the name begins with, ``""`` if it has not.

    By its own directory, or because an administrator lets this MAC in for a while. The work depends on the request
    alone, so that its time tells nothing of the MAC.
    """
    if requested.mac is None:
        return ""
    if requested.token and _is_own(requested.token, requested.mac, site):
        return _OWN_DIRECTORY
    return _PAIRING if is_paired(site.directory, requested.mac, address=address, now=now) else ""


def _held(given: Answer, mac: MacAddress, address: str, site: Site) -> Answer:
    """*given*, which the pairing opens for this *address* and from now on for no other."""
    try:
        if hold_pairing(site.directory, mac, address=address):
            return given
        reason = "paired, but another address was given its files"
    except OSError as error:
        reason = f"paired, but that {address} has it cannot be noted: {error.strerror}"
    return try_later(reason, retry_after=site.retry_after)


def _is_own(token: str, mac: MacAddress, site: Site) -> bool:
    expected = derive_own_token(mac, key=site.key)
    return hmac.compare_digest(expected.encode(), token.encode("utf-8", "surrogatepass"))
