import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from registrar_plugin.reg_event.dialog import Subscriber
from registrar_plugin.reg_event.subscription import LONGEST_PAUSE, Subscription, Taken, Timing
from registrar_plugin.sip.name_addr import parse_name_addr
from registrar_plugin.sip.request import Request, parse_request
from tests.peers.reg_event_notifier import NotifiedContact, sipxecs_document
from tests.registrar_plugin.registrations import NOW

AOR = "sip:~~id~sipXprovision@example.org"
SUBSCRIBER = Subscriber("~~id~sipXprovision", "example.org", ("192.0.2.9", 5069))
SERVER = ("192.0.2.1", 5075)
FIRST = NotifiedContact("sip:x@192.0.2.31", "0004f2000001")
SECOND = NotifiedContact("sip:x@192.0.2.32", "0004f2000002")


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Other:
    """The registrar's side of one subscription, message by message; its clock is ours."""

    def __init__(self) -> None:
        keys: Iterator[str] = (f"{number:032x}" for number in count(1))
        self.now = NOW
        self.subscription = Subscription(SUBSCRIBER, make_key=lambda: next(keys), now=NOW, timing=Timing())
        self._cseq = 0

    def wait(self, time: timedelta) -> None:
        self.now += time

    def restart(self) -> None:
        """It begins to count anew."""
        self._cseq = 0

    def heard(self) -> Request | None:
        """What is sent to us now."""
        data = self.subscription.due(now=self.now)
        return None if data is None else parse_request(data)

    def asked(self) -> Request:
        request = self.heard()
        assert request is not None
        assert (request.method, request.headers.first("event")) == ("SUBSCRIBE", "reg")
        return request

    def answer(self, request: Request, status: int = 200, *, expires: int = 300, extra: str = "") -> None:
        headers = request.headers
        text = (
            f"SIP/2.0 {status} Whatever\r\nVia: {headers.first('via')}\r\nFrom: {headers.first('from')}\r\n"
            f"To: {headers.first('to').partition(';tag=')[0]};tag=them\r\nCall-ID: {request.call_id}\r\n"
            f"CSeq: {headers.first('cseq')}\r\nContact: <sip:notifier@192.0.2.1:5075>\r\nExpires: {expires}\r\n"
            f"{extra}Content-Length: 0\r\n\r\n"
        )
        assert self.subscription.take(text.encode(), SERVER, now=self.now) == Taken()

    def notify(
        self,
        request: Request,
        body: bytes = b"",
        *,
        state: str = "active;expires=300",
        cseq: int | None = None,
        tag: str = "them",
        own_tag: str | None = None,
        event: str = "reg",
        extra: str = "",
    ) -> Taken:
        self._cseq = self._cseq + 1 if cseq is None else cseq
        our_tag = parse_name_addr(request.headers.first("from")).tag if own_tag is None else own_tag
        text = (
            "NOTIFY sip:192.0.2.9:5069 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5075;branch=z9hG4bKn\r\n"
            f"From: <{AOR}>;tag={tag}\r\nTo: <{AOR}>;tag={our_tag}\r\nCall-ID: {request.call_id}\r\n"
            f"CSeq: {self._cseq} NOTIFY\r\nContact: <sip:notifier@192.0.2.1:5075>\r\nEvent: {event}\r\n"
            f"Subscription-State: {state}\r\nContent-Type: application/reginfo+xml\r\n{extra}"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return self.subscription.take(text.encode() + body, SERVER, now=self.now)

    def subscribed(self) -> Request:
        request = self.asked()
        self.answer(request)
        return request


def status_of(taken: Taken) -> int:
    assert taken.reply is not None
    match = re.match(rb"SIP/2\.0 ([0-9]{3}) ", taken.reply.payload)
    assert match is not None
    return int(match[1])


def phones(taken: Taken) -> list[str]:
    return [seen.contact.instrument for seen in taken.seen]


def test_it_asks_for_the_registrations_of_the_address_of_record() -> None:
    request = Other().asked()
    assert (str(request.uri), str(request.to.uri), str(request.from_.uri)) == (AOR, AOR, AOR)
    assert (request.headers.first("accept"), request.expires) == ("application/reginfo+xml", seconds(300))
    assert str(request.contacts[0].uri) == "sip:~~id~sipXprovision@192.0.2.9:5069;transport=udp"
    assert request.to.tag == ""


def test_it_asks_again_until_it_is_answered() -> None:
    other = Other()
    first = other.asked()
    assert other.heard() is None
    other.wait(seconds(0.5))
    assert other.asked().headers == first.headers
    other.wait(seconds(0.5))
    assert other.heard() is None
    other.answer(first)
    other.wait(seconds(60))
    assert other.heard() is None


def test_it_renews_within_its_dialog_when_half_the_time_is_over() -> None:
    other = Other()
    first = other.asked()
    other.answer(first, expires=120, extra="Record-Route: <sip:a@192.0.2.5;lr>, <sip:b@192.0.2.6;lr>\r\n")
    other.wait(seconds(59))
    assert other.heard() is None
    other.wait(seconds(1))
    renewal = other.asked()
    assert (renewal.call_id, renewal.cseq, renewal.to.tag) == (first.call_id, 2, "them")
    assert str(renewal.uri) == "sip:notifier@192.0.2.1:5075"
    assert renewal.headers.all("route") == ("<sip:b@192.0.2.6;lr>", "<sip:a@192.0.2.5;lr>")
    assert renewal.via.branch != first.via.branch


def test_who_is_in_between_stays_as_the_first_200_said() -> None:
    other = Other()
    other.answer(other.asked(), extra="Record-Route: <sip:a@192.0.2.5;lr>\r\n")
    for _ in range(2):
        other.wait(seconds(150))
        renewal = other.asked()
        assert renewal.headers.all("route") == ("<sip:a@192.0.2.5;lr>",)
        other.answer(renewal)


def test_a_notify_may_shorten_the_time() -> None:
    other = Other()
    request = other.subscribed()
    other.notify(request, state="active;expires=20")
    other.wait(seconds(10))
    assert other.asked().cseq == 2


def test_a_notify_that_names_a_longer_time_changes_nothing() -> None:
    other = Other()
    request = other.asked()
    other.answer(request, expires=20)
    other.notify(request, state="active;expires=3000")
    other.wait(seconds(10))
    assert other.asked().cseq == 2


def test_however_short_the_time_it_renews_once_a_second_at_most() -> None:
    other = Other()
    other.answer(other.asked(), expires=1)
    other.wait(seconds(0.9))
    assert other.heard() is None
    other.wait(seconds(0.1))
    assert other.asked().cseq == 2


def test_a_notify_tells_who_registered_and_is_answered() -> None:
    other = Other()
    request = other.subscribed()
    taken = other.notify(request, sipxecs_document(AOR, [FIRST], version=700))
    assert (status_of(taken), phones(taken)) == (200, ["0004f2000001"])
    taken = other.notify(request, sipxecs_document(AOR, [FIRST, SECOND], version=701))
    assert phones(taken) == ["0004f2000002"]
    assert other.subscription.contacts == 2


def test_a_notify_that_overtakes_the_200_is_taken() -> None:
    other = Other()
    request = other.asked()
    assert phones(other.notify(request, sipxecs_document(AOR, [FIRST], version=1))) == ["0004f2000001"]
    other.answer(request)
    other.wait(seconds(150))
    assert other.asked().to.tag == "them"


def test_who_is_in_between_is_as_the_notify_says_where_that_came_first() -> None:
    other = Other()
    request = other.asked()
    other.notify(request, extra="Record-Route: <sip:a@192.0.2.5;lr>\r\n")
    other.answer(request)
    other.wait(seconds(150))
    assert other.asked().headers.all("route") == ("<sip:a@192.0.2.5;lr>",)


def test_a_repeated_notify_is_answered_and_tells_nothing_again() -> None:
    other = Other()
    request = other.subscribed()
    body = sipxecs_document(AOR, [FIRST], version=1)
    other.notify(request, body, cseq=7)
    again = other.notify(request, sipxecs_document(AOR, [SECOND], version=2), cseq=7)
    assert (status_of(again), phones(again)) == (200, [])


def test_after_a_partial_document_was_missed_it_soon_asks_for_all() -> None:
    other = Other()
    request = other.subscribed()
    other.notify(request, sipxecs_document(AOR, [FIRST], version=1))
    assert phones(other.notify(request, sipxecs_document(AOR, [SECOND], version=3, state="partial"))) == []
    assert other.heard() is None
    other.wait(seconds(1))
    renewal = other.asked()
    assert renewal.call_id == request.call_id
    other.answer(renewal)
    told = other.notify(request, sipxecs_document(AOR, [FIRST, SECOND], version=4))
    assert phones(told) == ["0004f2000002"]


def test_an_older_partial_document_is_no_reason_to_ask() -> None:
    other = Other()
    request = other.subscribed()
    other.notify(request, sipxecs_document(AOR, [FIRST], version=5))
    assert phones(other.notify(request, sipxecs_document(AOR, [SECOND], version=4, state="partial"))) == []
    other.wait(seconds(10))
    assert other.heard() is None


@pytest.mark.parametrize(
    ("tag", "own_tag", "event"),
    [("else", None, "reg"), ("them", "guessed", "reg"), ("them", None, "presence"), ("them", None, "")],
)
def test_a_notify_of_no_subscription_of_ours_is_refused(tag: str, own_tag: str | None, event: str) -> None:
    other = Other()
    request = other.subscribed()
    body = sipxecs_document(AOR, [FIRST], version=1)
    taken = other.notify(request, body, tag=tag, own_tag=own_tag, event=event)
    assert (status_of(taken), phones(taken)) == (481, [])


@pytest.mark.parametrize("status", [403, 404, 481, 489, 500, 503])
def test_whatever_it_is_refused_with_it_begins_anew_later_and_later(status: int) -> None:
    other = Other()
    first = other.asked()
    other.answer(first, status)
    assert other.heard() is None
    other.wait(seconds(5))
    second = other.asked()
    assert (second.call_id != first.call_id, second.to.tag, second.cseq) == (True, "", 1)
    other.answer(second, status)
    other.wait(seconds(5))
    assert other.heard() is None
    for _ in range(10):
        other.wait(LONGEST_PAUSE)
        other.answer(other.asked(), status)


def test_a_registrar_that_restarted_and_knows_nothing_is_subscribed_to_anew() -> None:
    other = Other()
    first = other.subscribed()
    other.notify(first, sipxecs_document(AOR, [FIRST], version=900))
    other.wait(seconds(150))
    other.answer(other.asked(), 481)
    other.wait(seconds(5))
    second = other.subscribed()
    other.restart()
    assert phones(other.notify(second, sipxecs_document(AOR, [FIRST], version=1))) == ["0004f2000001"]


def test_a_registrar_that_does_not_answer_is_asked_again_after_a_pause(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    other = Other()
    first = other.asked()
    heard: list[Request] = []
    for _ in range(400):
        other.wait(seconds(0.1))
        if (request := other.heard()) is not None:
            heard.append(request)
    second = heard[-1]
    assert second.call_id != first.call_id
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    other.answer(second)
    assert caplog.messages[-1] == "subscribed to registrations"


def test_an_interval_that_is_too_brief_is_made_longer() -> None:
    other = Other()
    other.answer(other.asked(), 423, extra="Min-Expires: 900\r\n")
    other.wait(seconds(5))
    assert other.asked().expires == seconds(900)


def test_a_least_interval_that_is_shorter_than_ours_changes_nothing() -> None:
    other = Other()
    other.answer(other.asked(), 423, extra="Min-Expires: 60\r\n")
    other.wait(seconds(5))
    assert other.asked().expires == SUBSCRIBER.expires


def test_when_it_is_ended_from_there_it_takes_the_last_news_and_begins_anew() -> None:
    other = Other()
    first = other.subscribed()
    told = other.notify(first, sipxecs_document(AOR, [FIRST], version=1), state="terminated;reason=deactivated")
    assert phones(told) == ["0004f2000001"]
    other.wait(seconds(5))
    assert other.asked().call_id != first.call_id


def test_a_document_that_cannot_be_read_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    other = Other()
    request = other.subscribed()
    for _ in range(3):
        assert status_of(other.notify(request, b"<no")) == 200
        other.wait(seconds(150))
        other.answer(other.asked())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(("status", "level"), [(403, "ERROR"), (489, "ERROR"), (480, "WARNING"), (503, "WARNING")])
def test_a_refusal_that_another_try_will_not_change_is_for_a_person(
    status: int, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = Other()
    for _ in range(3):
        other.answer(other.asked(), status)
        other.wait(seconds(120))
    assert [record.levelname for record in caplog.records] == [level]


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"ACK sip:x SIP/2.0\r\n\r\n", b"\xff" * 100, b"SIP/2.0 200 OK\r\n\r\n"]
)
def test_what_wants_no_answer_gets_none(data: bytes) -> None:
    other = Other()
    assert other.subscription.take(data, SERVER, now=NOW) == Taken()


def test_other_requests_are_refused() -> None:
    other = Other()
    request = other.subscribed()
    options = (
        f"OPTIONS sip:192.0.2.9 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKo\r\nFrom: <{AOR}>;tag=1\r\n"
        f"To: <{AOR}>\r\nCall-ID: {request.call_id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
    assert status_of(other.subscription.take(options.encode(), SERVER, now=NOW)) == 405
    assert status_of(other.subscription.take(options.encode().replace(b"CSeq: 1", b"CSeq: x"), SERVER, now=NOW)) == 400
