import logging
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, PassedOn, ToldSeveral, Unanswered
from registrar_plugin.resync.settling import RETRY_PAUSES, Done, GivenUp, Later, ResyncThread, settle
from tests.registrar_plugin.registrations import eventually

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MAC = MacAddress("0004f2abcdef")


def test_a_phone_that_says_yes_is_done() -> None:
    for status in (200, 202):
        assert settle(Answered(status), attempts=1, now=NOW) == Done()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answered(481), "the phone answered the check-sync with 481"),
        (Unanswered.NO_ANSWER, "the phone did not answer the check-sync"),
        (Unanswered.NOT_REGISTERED, "the phone is not registered here"),
        (NotSent("nobody there"), "nobody there"),
        (ToldSeveral(0, 0, ("sip:a did not answer", "sip:b answered 481")), "sip:a did not answer; sip:b answered 481"),
    ],
)
def test_any_other_answer_is_tried_again_later_and_later_and_given_up(answer: CheckSyncAnswer, reason: str) -> None:
    verdicts = [settle(answer, attempts=attempts, now=NOW) for attempts in range(1, len(RETRY_PAUSES) + 2)]
    assert verdicts == [*(Later(NOW + pause, reason) for pause in RETRY_PAUSES), GivenUp(reason)]


@pytest.mark.parametrize(
    ("accepted", "not_waited_for", "others", "verdict"),
    [
        (2, 0, (), "answered"),
        (2, 1, (), "some answered"),
        (1, 0, ("sip:c did not answer",), "some answered"),
        (0, 3, ("sip:c did not answer",), "passed on"),
        (0, 2, (), "passed on"),
    ],
)
def test_of_several_it_is_done_once_one_may_have_said_yes_and_the_verdict_claims_no_more(
    accepted: int, not_waited_for: int, others: tuple[str, ...], verdict: str
) -> None:
    told = f"of its user's phones {accepted} said yes, {not_waited_for} were told and not waited for"
    expected = Done(verdict, "; ".join((told, *others)))
    assert settle(ToldSeveral(accepted, not_waited_for, others), attempts=1, now=NOW) == expected


def test_what_was_passed_on_is_done_and_says_by_whom() -> None:
    verdict = settle(PassedOn("Asterisk"), attempts=1, now=NOW)
    assert verdict == Done("passed on", "to Asterisk, which does not tell what the phone answered")


class Desk:
    """A queue, a thread that carries out its orders, and the answers that the phone will give."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.queue = PhoneQueue(f"sqlite:///{folder / 'queue.db'}", clock=lambda: self.now)
        self.answers: list[CheckSyncAnswer] = []
        self.asked: list[MacAddress] = []
        self.sightings: list[Sighting] = []
        self.thread = ResyncThread(
            queue=self.queue, send_check_sync=self.send, saw=self.sightings.append, clock=lambda: self.now
        )

    def was_seen(self, times: int) -> bool:
        return len(self.sightings) == times

    def send(self, mac: MacAddress) -> "Future[CheckSyncAnswer]":
        self.asked.append(mac)
        future: Future[CheckSyncAnswer] = Future()
        future.set_result(self.answers.pop(0))
        return future


@contextmanager
def desk(folder: Path) -> Generator[Desk]:
    running = Desk(folder)
    running.thread.start()
    try:
        yield running
    finally:
        running.thread.stop()
        running.queue.close()


def test_an_order_is_carried_out_and_gone(tmp_path: Path) -> None:
    with desk(tmp_path) as running:
        running.answers = [Answered(200)]
        running.queue.order(OrderKind.RESYNC, MAC)
        assert eventually(lambda: running.queue.pending_orders() == [] and running.sightings != [])
    assert running.asked == [MAC]
    assert [(seen.mac, seen.stage, seen.verdict) for seen in running.sightings] == [(MAC, Stage.RESYNC, "answered")]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answered(200), "phone re-syncs"),
        (ToldSeveral(0, 2, ()), "re-sync was sent, the phone's answer is not known"),
        (ToldSeveral(1, 0, ("user 201: no",)), "re-sync was sent, the phone's answer is not known"),
    ],
)
def test_the_log_says_that_a_phone_re_syncs_only_where_it_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: CheckSyncAnswer, told: str
) -> None:
    caplog.set_level(logging.INFO)
    with desk(tmp_path) as running:
        running.answers = [answer]
        running.queue.order(OrderKind.RESYNC, MAC)
        assert eventually(lambda: told in caplog.messages)
    assert len([each for each in caplog.messages if "re-sync" in each]) == 1


def test_a_failed_order_waits_for_its_next_time_with_its_reason(tmp_path: Path) -> None:
    with desk(tmp_path) as running:
        running.answers = [Unanswered.NO_ANSWER, Answered(200)]
        running.queue.order(OrderKind.RESYNC, MAC)
        assert eventually(lambda: len(running.sightings) == 1)
        (order,) = running.queue.pending_orders()
        assert (order.due_at, order.last_answer) == (NOW + RETRY_PAUSES[0], "the phone did not answer the check-sync")
        running.now += RETRY_PAUSES[0]
        assert eventually(lambda: running.queue.pending_orders() == [])


def test_an_order_is_given_up_with_one_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with desk(tmp_path) as running:
        running.answers = [Unanswered.NOT_REGISTERED] * (len(RETRY_PAUSES) + 1)
        running.queue.order(OrderKind.RESYNC, MAC)
        for attempts, pause in enumerate(RETRY_PAUSES, 1):
            assert eventually(partial(running.was_seen, attempts))
            running.now += pause
        assert eventually(lambda: running.queue.pending_orders() == [])
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
