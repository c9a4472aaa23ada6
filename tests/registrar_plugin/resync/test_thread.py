import logging
from threading import Event

import pytest

from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent
from registrar_plugin.resync.thread import in_own_thread
from tests.registrar_plugin.registrations import PATIENCE_SECONDS, tag

MAC = tag(1).mac


def test_who_asks_does_not_wait_for_the_answer() -> None:
    may_answer = Event()

    def ask(_: object) -> CheckSyncAnswer:
        may_answer.wait(PATIENCE_SECONDS)
        return Answered(200)

    future = in_own_thread(ask, MAC)
    assert not future.done()
    may_answer.set()
    assert future.result(PATIENCE_SECONDS) == Answered(200)


def test_a_fault_of_ours_is_an_answer_and_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def ask(_: object) -> CheckSyncAnswer:
        raise KeyError("made up")

    assert isinstance(in_own_thread(ask, MAC).result(PATIENCE_SECONDS), NotSent)
    assert [(record.levelno, record.message) for record in caplog.records] == [(logging.ERROR, "re-sync stumbled")]
