import pytest

from simulated_phone.incoming import Reply, reply_to
from simulated_phone.sip_messages import Request, Response, first, parse, values


def _reply(method: str, *headers: tuple[str, str], to: str = "<sip:200@192.0.2.1>") -> Reply:
    frame = (("Via", "SIP/2.0/UDP a;branch=z9hG4bK1"), ("Via", "SIP/2.0/UDP b"), ("From", "<sip:pbx>;tag=1"))
    request = Request(
        method, "sip:200@192.0.2.1", (*frame, ("To", to), ("Call-ID", "c"), ("CSeq", f"7 {method}"), *headers)
    )
    return reply_to(request, user_agent="ua", tag="mine")


def _response(reply: Reply) -> Response:
    assert reply.datagram is not None
    response = parse(reply.datagram)
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize("event", ["check-sync", "Check-Sync;reboot=true", "check-sync ; x"])
def test_check_sync_is_accepted(event: str) -> None:
    reply = _reply("NOTIFY", ("Event", event))
    assert reply.is_check_sync
    assert _response(reply).status == 200


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("OPTIONS", [], 200),
        ("NOTIFY", [("Event", "message-summary")], 481),
        ("NOTIFY", [], 481),
        ("INVITE", [], 405),
        ("SUBSCRIBE", [("Event", "check-sync")], 405),
    ],
)
def test_other_requests_are_answered_and_do_nothing(method: str, headers: list[tuple[str, str]], status: int) -> None:
    reply = _reply(method, *headers)
    assert not reply.is_check_sync
    assert _response(reply).status == status


def test_an_answer_goes_back_the_way_the_request_came() -> None:
    headers = _response(_reply("OPTIONS")).headers
    assert values(headers, "Via") == ["SIP/2.0/UDP a;branch=z9hG4bK1", "SIP/2.0/UDP b"]
    assert first(headers, "CSeq") == "7 OPTIONS"
    assert first(headers, "To") == "<sip:200@192.0.2.1>;tag=mine"


def test_the_tag_of_a_dialog_is_kept() -> None:
    assert first(_response(_reply("OPTIONS", to="<sip:a>;tag=old")).headers, "To") == "<sip:a>;tag=old"


def test_an_ack_is_never_answered() -> None:
    assert _reply("ACK") == Reply(None, is_check_sync=False)
