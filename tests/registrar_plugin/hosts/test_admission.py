from datetime import UTC, datetime, timedelta

import pytest

from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.overload import NOTICEABLE_WAIT, SHARE, Treatment

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST = "192.0.2.31"


def test_that_somebody_is_turned_away_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = NOW
    admission = Admission(clock=lambda: now)
    for seconds in (0, 30, 61):
        now = NOW + timedelta(seconds=seconds)
        given = [admission.judge(HOST, waited=NOTICEABLE_WAIT) for _ in range(SHARE + 2)]
        assert given == [Treatment.SERVE] * SHARE + [Treatment.TURN_AWAY] * 2
    assert [record.__dict__["host"] for record in caplog.records] == [HOST] * 2
    assert caplog.records[0].__dict__["waited_seconds"] == NOTICEABLE_WAIT.total_seconds()


def test_while_all_are_served_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    admission = Admission(clock=lambda: NOW)
    assert {admission.judge(HOST, waited=timedelta(0)) for _ in range(2 * SHARE)} == {Treatment.SERVE}
    assert caplog.records == []
