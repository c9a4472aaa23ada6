"""What the phone answers to requests that reach it."""

from dataclasses import dataclass

from simulated_phone.sip_messages import Request, first, to_bytes, values

ALLOWED_METHODS = "INVITE,ACK,BYE,CANCEL,OPTIONS,INFO,MESSAGE,SUBSCRIBE,NOTIFY,PRACK,UPDATE,REFER"


@dataclass(frozen=True, slots=True)
class Reply:
    """*datagram* goes back to the sender; None for an ACK, which is never answered."""

    datagram: bytes | None
    is_check_sync: bool


def reply_to(request: Request, *, user_agent: str, tag: str) -> Reply:
    """The phone's answer; it has no calls and no subscriptions, so most requests meet nothing."""
    if request.method == "ACK":
        return Reply(None, is_check_sync=False)
    if request.method == "OPTIONS":
        return Reply(_response(request, "200 OK", user_agent=user_agent, tag=tag), is_check_sync=False)
    if request.method != "NOTIFY":
        return Reply(_response(request, "405 Method Not Allowed", user_agent=user_agent, tag=tag), is_check_sync=False)
    if first(request.headers, "Event").partition(";")[0].strip().lower() == "check-sync":
        return Reply(_response(request, "200 OK", user_agent=user_agent, tag=tag), is_check_sync=True)
    status = "481 Subscription Does Not Exist"
    return Reply(_response(request, status, user_agent=user_agent, tag=tag), is_check_sync=False)


def _response(request: Request, status: str, *, user_agent: str, tag: str) -> bytes:
    to = first(request.headers, "To")
    return to_bytes(
        f"SIP/2.0 {status}",
        [
            *(("Via", via) for via in values(request.headers, "Via")),
            ("From", first(request.headers, "From")),
            ("To", to if ";tag=" in to.lower() else f"{to};tag={tag}"),
            ("CSeq", first(request.headers, "CSeq")),
            ("Call-ID", first(request.headers, "Call-ID")),
            ("Allow", ALLOWED_METHODS),
            ("User-Agent", user_agent),
        ],
    )
