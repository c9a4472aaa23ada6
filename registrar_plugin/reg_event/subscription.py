"""A subscription to registrations that lasts, sans I/O: it renews itself, and begins anew where that fails."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from registrar_plugin.reg_event.book import Missed, RegEventBook, Seen
from registrar_plugin.reg_event.dialog import EVENT, METHOD, Dialog, Subscriber, new_dialog
from registrar_plugin.reg_event.reginfo import CONTENT_TYPE, RegInfoError, parse_reginfo
from registrar_plugin.registrar import Datagram
from registrar_plugin.resync.check_sync import T1, retransmission_pauses
from registrar_plugin.sip.answer import Answer
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import parse_number
from registrar_plugin.sip.message import Message, read_message
from registrar_plugin.sip.request import Request, interpret_request
from registrar_plugin.sip.response import parse_response, write_response
from registrar_plugin.sip.via import BRANCH_COOKIE, Address, reply_address

logger = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(minutes=2)
_LONGEST_EXPIRES = 86_400
_SHORTEST_INTERVAL = timedelta(seconds=1)
_PASSING = frozenset({408, 423, 480, 481, *range(500, 600)})
"""Answers that another try may change; with any other the registrar, or what we ask of it, has to be set right."""
_NO_DIALOG = "autoprov"
"""The To tag in an answer to who knows none of ours: those are what nobody else may learn."""


@dataclass(slots=True)
class _Asked:
    """A SUBSCRIBE that waits for its answer."""

    branch: str
    message: bytes
    pauses: Iterator[timedelta]
    send_at: datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """*t1* as in §17.1.1.1; *pause* is the first after a failure, each further one is twice as long."""

    t1: timedelta = T1
    pause: timedelta = timedelta(seconds=5)


class Taken(NamedTuple):
    """What a datagram leads to."""

    reply: Datagram | None = None
    seen: tuple[Seen, ...] = ()


class Subscription:
    """Asks until it is answered, with longer and longer pauses; *make_key* gives 32 hex digits that nobody can guess.

    A registrar that restarts forgets its subscribers and tells them nothing: so the subscription is short, and renewed
    when half of it is over.
    """

    def __init__(self, subscriber: Subscriber, *, make_key: Callable[[], str], now: datetime, timing: Timing) -> None:
        self._subscriber = subscriber
        self._make_key = make_key
        self._timing = timing
        self._asked: _Asked | None = None
        self._act_at = now
        self._pause = timing.pause
        self._trouble = ""
        self._unreadable = ""
        self._is_known_to_work = False
        self._begin()

    @property
    def wake_at(self) -> datetime:
        """When ``due`` has something to send next."""
        return self._act_at if self._asked is None else self._asked.send_at

    @property
    def contacts(self) -> int:
        """How many are registered as far as we know."""
        return len(self._book)

    def due(self, *, now: datetime) -> bytes | None:
        """What is to be sent to the registrar now."""
        if now < self.wake_at:
            return None
        if self._asked is None:
            self._ask(now)
        asked = self._asked
        assert asked is not None
        pause = next(asked.pauses, None)
        if pause is None:
            self._fail("no answer", now)
            return None
        asked.send_at = now + pause
        return asked.message

    def take(self, data: bytes, source: Address, *, now: datetime) -> Taken:
        """A datagram came, from whomever."""
        message = read_message(data)
        if message.is_response:
            self._take_response(data, now)
            return Taken()
        if not message.start_line or message.start_line.startswith("ACK ") or not message.headers.all("via"):
            return Taken()
        answer, seen, address = self._take_request(message, source, now)
        payload = write_response(message.headers, answer, source=source, to_tag=_NO_DIALOG)
        return Taken(Datagram(payload, address), seen)

    def _begin(self) -> None:
        """Forget the old subscription: the next SUBSCRIBE is the first of a new one."""
        self._dialog: Dialog = new_dialog(self._subscriber, key=self._make_key())
        self._book = RegEventBook()
        self._their_cseq = -1

    def _ask(self, now: datetime) -> None:
        self._dialog = self._dialog.next()
        branch_key = self._make_key()
        message = self._dialog.subscribe(self._subscriber, branch_key=branch_key)
        self._asked = _Asked(BRANCH_COOKIE + branch_key, message, retransmission_pauses(self._timing.t1), now)

    def _take_response(self, data: bytes, now: datetime) -> None:
        try:
            response = parse_response(data)
        except SipSyntaxError:
            return
        asked = self._asked
        if asked is None or response.via.branch != asked.branch or response.cseq_method != METHOD:
            return
        if response.status == 423:  # Interval Too Brief
            expires = _seconds(response.headers.first("min-expires")) or self._subscriber.expires
            self._subscriber = replace(self._subscriber, expires=max(expires, self._subscriber.expires))
        if response.status >= 300:
            self._fail(f"{response.status} {response.reason}", now, heals=response.status in _PASSING)
        elif response.status >= 200:
            self._asked = None
            self._dialog = self._dialog.answered(response.headers)
            self._act_at = now + _half(_seconds(response.headers.first("expires")) or self._subscriber.expires)
            self._recover()

    def _take_request(
        self, message: Message, source: Address, now: datetime
    ) -> tuple[Answer, tuple[Seen, ...], Address]:
        try:
            request = interpret_request(message)
        except SipSyntaxError as error:
            return Answer(error.status, error.reason), (), source
        address = reply_address(request.via, source)
        if request.method != "NOTIFY":
            return Answer(405, fields=(("Allow", "NOTIFY"),)), (), address
        if not self._dialog.has(request) or request.headers.first("event").partition(";")[0].strip() != EVENT:
            return Answer(481), (), address
        if request.cseq <= self._their_cseq:  # a retransmission; what it told is known
            return Answer(200), (), address
        self._their_cseq = request.cseq
        self._dialog = self._dialog.notified(request)
        state, _, params = request.headers.first("subscription-state").partition(";")
        is_over = state.strip().lower() == "terminated"
        if not is_over:
            self._note_time_left(params, now)
        seen = self._read(request, now)
        if is_over:
            self._begin_at(now + self._pause)
        return Answer(200), seen, address

    def _read(self, notify: Request, now: datetime) -> tuple[Seen, ...]:
        """The news in the document; where one before it was missed, ask for all there is (RFC 3680 §5.1)."""
        kind = notify.headers.first("content-type").partition(";")[0].strip().lower()
        if not notify.body or kind != CONTENT_TYPE:
            return ()
        try:
            news = self._book.take(parse_reginfo(notify.body))
        except RegInfoError as error:
            self._tell_unreadable(str(error))
            return ()
        self._unreadable = ""
        if news is Missed.GAP and self._asked is None:
            self._act_at = min(self._act_at, now + _SHORTEST_INTERVAL)  # not faster than that, whatever comes
        return () if isinstance(news, Missed) else tuple(news)

    def _note_time_left(self, params: str, now: datetime) -> None:
        """``expires=`` of Subscription-State may shorten what the 200 granted (RFC 6665 §4.1.3)."""
        for param in params.split(";"):
            name, _, value = param.partition("=")
            left = _seconds(value.strip()) if name.strip().lower() == "expires" else None
            if left is not None:
                self._act_at = min(self._act_at, now + _half(left))

    def _fail(self, reason: str, now: datetime, *, heals: bool = True) -> None:
        self._begin_at(now + self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._tell(reason, logging.WARNING if heals else logging.ERROR)

    def _begin_at(self, when: datetime) -> None:
        self._begin()
        self._asked = None
        self._act_at = when

    def _tell(self, trouble: str, level: int) -> None:
        """Once for each reason, however often it is tried."""
        if trouble != self._trouble:
            logger.log(level, "registrations are not told by the registrar", extra={"reason": trouble})
        self._trouble = trouble

    def _tell_unreadable(self, reason: str) -> None:
        """Once, although the subscription goes on, and is renewed."""
        if reason != self._unreadable:
            logger.error("registrar's document of registrations cannot be read", extra={"reason": reason})
        self._unreadable = reason

    def _recover(self) -> None:
        self._pause = self._timing.pause
        if self._trouble or not self._is_known_to_work:
            logger.info("subscribed to registrations", extra={"resource": str(self._subscriber.resource)})
        self._trouble = ""
        self._is_known_to_work = True


def _half(expires: timedelta) -> timedelta:
    return max(expires / 2, _SHORTEST_INTERVAL)


def _seconds(text: str) -> timedelta | None:
    try:
        seconds = parse_number(text, ceiling=_LONGEST_EXPIRES)
    except SipSyntaxError:
        return None
    return timedelta(seconds=seconds) if seconds else None
