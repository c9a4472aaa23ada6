"""The state machine alone: uptime is a number, the registrar's answers are written here."""

import re
from collections.abc import Sequence
from datetime import timedelta

from simulated_phone.events import Event
from simulated_phone.lines import lines_of
from simulated_phone.register_request import Dialog
from simulated_phone.registration import NEVER, Registration, Step
from simulated_phone.sip_messages import Request, Response, first, parse

_PARAMETERS = {
    "reg.1.address": "200",
    "reg.1.auth.password": "secret",
    "reg.1.displayName": "Anna",
    "reg.1.server.1.address": "pbx.test",
    "reg.1.server.1.expires": "300",
}
_CHALLENGE = ("WWW-Authenticate", 'Digest realm="pbx.test", nonce="one", qop="auth"')
_OTHER_CHALLENGE = ("WWW-Authenticate", 'Digest realm="pbx.test", nonce="two", qop="auth"')
_STALE_CHALLENGE = ("WWW-Authenticate", 'Digest realm="pbx.test", nonce="three", qop="auth", stale=true')
_START = timedelta(0)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _registration() -> Registration:
    (line,) = lines_of(_PARAMETERS)
    dialog = Dialog(line, "192.0.2.1", 5060, call_id="c", tag="t", user_agent="ua")
    return Registration(dialog, token=lambda size: "ab" * size, t1=_seconds(0.5), retry_after=_seconds(10), now=_START)


def _sent(step: Step | None) -> Request:
    assert step is not None
    assert step.send is not None
    request = parse(step.send)
    assert isinstance(request, Request)
    return request


def _answer(request: Request, status: int, *headers: tuple[str, str]) -> Response:
    return Response(
        status, (("Via", first(request.headers, "Via")), ("CSeq", first(request.headers, "CSeq")), *headers)
    )


def _told(step: Step | None) -> Sequence[Event]:
    assert step is not None
    return step.events


def _registered(registration: Registration, *, now: timedelta = _START) -> None:
    challenged = _sent(registration.act(now))
    proven = _sent(registration.receive(_answer(challenged, 401, _CHALLENGE), now))
    registration.receive(_answer(proven, 200, ("Expires", "300")), now)
    assert registration.is_registered


def test_a_challenge_is_answered_with_the_next_cseq_and_the_same_call_id() -> None:
    registration = _registration()
    challenged = _sent(registration.act(_START))
    proven = _sent(registration.receive(_answer(challenged, 401, _CHALLENGE), _START))
    assert first(challenged.headers, "Authorization") == ""
    assert first(challenged.headers, "CSeq") == "1 REGISTER"
    assert first(proven.headers, "CSeq") == "2 REGISTER"
    assert first(proven.headers, "Call-ID") == first(challenged.headers, "Call-ID")
    assert 'nonce="one", qop=auth' in first(proven.headers, "Authorization")
    assert 'uri="sip:pbx.test;transport=udp"' in first(proven.headers, "Authorization")


def test_the_expiry_that_was_granted_is_told_and_kept() -> None:
    registration = _registration()
    request = _sent(registration.act(_START))
    step = registration.receive(
        _answer(
            request,
            200,
            ("Contact", "<sip:200@192.0.2.1:50607>;expires=900, <sip:200@192.0.2.1:5060;transport=udp>;expires=180"),
            ("Expires", "7200"),
        ),
        _START,
    )
    assert [event.name for event in _told(step)] == ["register", "registered"]
    assert _told(step)[1].facts["expires"] == 180
    assert _told(step)[1].facts["display_name"] == "Anna"
    assert registration.due_at == _seconds(180 - 60)


def test_a_short_binding_is_refreshed_at_half_its_time() -> None:
    registration = _registration()
    request = _sent(registration.act(_START))
    registration.receive(_answer(request, 200, ("Expires", "60")), _START)
    assert registration.due_at == _seconds(30)


def test_a_refresh_proves_itself_at_once_with_the_next_nonce_count() -> None:
    registration = _registration()
    _registered(registration)
    refresh = _sent(registration.act(registration.due_at))
    assert "nc=00000002" in first(refresh.headers, "Authorization")
    step = registration.receive(_answer(refresh, 200, ("Expires", "300")), registration.due_at)
    assert _told(step)[1].facts["refresh"] is True


def test_a_refresh_that_is_challenged_anew_answers_the_new_nonce() -> None:
    registration = _registration()
    _registered(registration)
    refresh = _sent(registration.act(registration.due_at))
    again = _sent(registration.receive(_answer(refresh, 401, _OTHER_CHALLENGE), registration.due_at))
    assert 'nonce="two"' in first(again.headers, "Authorization")
    assert "nc=00000001" in first(again.headers, "Authorization")


def test_a_second_challenge_means_a_wrong_password_and_a_later_try() -> None:
    registration = _registration()
    challenged = _sent(registration.act(_START))
    proven = _sent(registration.receive(_answer(challenged, 401, _CHALLENGE), _START))
    step = registration.receive(_answer(proven, 401, _OTHER_CHALLENGE), _START)
    assert [event.name for event in _told(step)] == ["register", "register-failed", "retry"]
    assert _told(step)[1].facts["reason"] == "wrong password"
    assert registration.due_at == _seconds(10)
    assert first(_sent(registration.act(_seconds(10))).headers, "Authorization") == ""


def test_a_stale_nonce_is_no_wrong_password() -> None:
    registration = _registration()
    challenged = _sent(registration.act(_START))
    proven = _sent(registration.receive(_answer(challenged, 401, _CHALLENGE), _START))
    fresh = _sent(registration.receive(_answer(proven, 401, _STALE_CHALLENGE), _START))
    assert 'nonce="three"' in first(fresh.headers, "Authorization")


def test_a_registrar_that_calls_every_nonce_stale_is_given_up() -> None:
    registration = _registration()
    step: Step | None = registration.act(_START)
    answered = 0
    while step is not None and step.send is not None:
        step = registration.receive(_answer(_sent(step), 401, _STALE_CHALLENGE), _START)
        answered += 1
    assert answered == 4
    assert _told(step)[1].name == "register-failed"


def test_a_refusal_is_told_and_tried_again_when_the_registrar_says() -> None:
    registration = _registration()
    request = _sent(registration.act(_START))
    step = registration.receive(_answer(request, 503, ("Retry-After", "3 (soon)")), _START)
    assert _told(step)[1].facts == {"user": "200", "server": "pbx.test:5060", "status": 503, "reason": "refused"}
    assert _told(step)[2].facts == {"what": "register", "in": 3.0}
    assert registration.due_at == _seconds(3)


def test_a_longer_expiry_is_asked_for_where_the_registrar_demands_it() -> None:
    registration = _registration()
    request = _sent(registration.act(_START))
    longer = _sent(registration.receive(_answer(request, 423, ("Min-Expires", "1800")), _START))
    assert first(longer.headers, "Expires") == "1800"


def test_an_unanswered_request_is_sent_again_at_growing_intervals_and_given_up() -> None:
    registration = _registration()
    datagram = registration.act(_START).send
    moments: list[float] = []
    step = Step()
    while not step.events:
        moments.append(registration.due_at.total_seconds())
        step = registration.act(registration.due_at)
        assert step.send in (datagram, None)
    assert moments == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, 32]
    assert [event.name for event in step.events] == ["register-failed", "retry"]
    assert step.events[0].facts["reason"] == "no answer"


def test_nothing_is_done_before_it_is_due() -> None:
    registration = _registration()
    registration.act(_START)
    assert registration.act(_seconds(0.4)) == Step()


def test_answers_to_other_requests_are_not_ours() -> None:
    registration = _registration()
    request = _sent(registration.act(_START))
    foreign = Response(200, (("Via", "SIP/2.0/UDP h;branch=z9hG4bKother"), ("CSeq", "1 REGISTER")))
    late = Response(200, (("Via", first(request.headers, "Via")), ("CSeq", "9 REGISTER")))
    assert registration.receive(foreign, _START) is None
    assert registration.receive(late, _START) is None
    assert registration.receive(_answer(request, 100), _START) == Step()


def test_a_binding_is_removed_with_expires_zero() -> None:
    registration = _registration()
    _registered(registration)
    request = _sent(registration.remove(_START))
    assert first(request.headers, "Expires") == "0"
    assert re.search(r"nc=00000002", first(request.headers, "Authorization"))
    step = registration.receive(_answer(request, 200), _START)
    assert [event.name for event in _told(step)] == ["register", "unregistered"]
    assert registration.due_at == NEVER


def test_what_never_registered_needs_no_removal() -> None:
    registration = _registration()
    registration.act(_START)
    assert registration.remove(_START) == Step()
    assert registration.due_at == NEVER
