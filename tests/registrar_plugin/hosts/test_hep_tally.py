import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from registrar_plugin.hosts.hep_mirror import Unused
from registrar_plugin.hosts.hep_tally import HepTally

PBX, STRANGER = "192.0.2.5", "192.0.2.66"
FORGED, WRONG_KEY = Unused.NOT_THE_REGISTRARS, Unused.WRONG_KEY


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def run(happens: Callable[[HepTally, int], object], *, seconds: int) -> HepTally:
    """A tally to which something *happens* each ten seconds, and that is to tell of it then."""
    tally = HepTally(first_pause=timedelta(seconds=10))
    for second in range(0, seconds, 10):
        happens(tally, second)
        tally.tell(buffer_bytes=1, now=timedelta(seconds=second))
    return tally


def told(log: pytest.LogCaptureFixture, reason: Unused) -> list[str]:
    return [vars(each)["trouble"] for each in log.records if reason.value in vars(each).get("trouble", "")]


def test_what_strangers_cause_all_the_time_does_not_hide_what_breaks_meanwhile(log: pytest.LogCaptureFixture) -> None:
    def noise_then_a_new_key(tally: HepTally, second: int) -> None:
        if second % 50 == 0:
            tally.count_not_used(FORGED, STRANGER)
        if second == 3700:
            tally.count_not_used(WRONG_KEY, PBX)

    run(noise_then_a_new_key, seconds=3710)
    assert told(log, WRONG_KEY) == [f"1 {WRONG_KEY.value}"]
    assert 1 < len(told(log, FORGED)) < 12


def test_of_a_sender_from_whom_nothing_is_of_use_it_is_never_said_that_it_is(log: pytest.LogCaptureFixture) -> None:
    def seldom(tally: HepTally, second: int) -> None:
        tally.count_accepted(PBX)
        if second % 300 == 0:
            tally.count_not_used(WRONG_KEY, STRANGER)

    tally = run(seldom, seconds=30_000)
    assert tally.counts.not_used == {WRONG_KEY: 100}
    assert "mirrored datagrams are of use again" not in log.messages
    assert len(told(log, WRONG_KEY)) < 20


def test_once_a_senders_registrations_come_again_its_trouble_is_over(log: pytest.LogCaptureFixture) -> None:
    def mended(tally: HepTally, second: int) -> None:
        if second < 30:
            tally.count_not_used(WRONG_KEY, PBX)
        else:
            tally.count_accepted(PBX)

    run(mended, seconds=600)
    (over,) = [each for each in log.records if each.message == "mirrored datagrams are of use again"]
    assert (vars(over)["over"], vars(over)["last_sender"]) == (WRONG_KEY.value, PBX)


def test_each_kind_is_told_with_its_own_count_and_sender(log: pytest.LogCaptureFixture) -> None:
    tally = HepTally(first_pause=timedelta(seconds=10))
    for reason, sender in ((WRONG_KEY, PBX), (FORGED, STRANGER), (FORGED, STRANGER), (Unused.OTHER_SIP, PBX)):
        tally.count_not_used(reason, sender)
    tally.tell(buffer_bytes=1, now=timedelta(0))
    facts = {(vars(each)["trouble"], vars(each)["last_sender"]) for each in log.records}
    assert facts == {(f"1 {WRONG_KEY.value}", PBX), (f"2 {FORGED.value}", STRANGER)}


def test_losses_are_over_once_datagrams_come_and_none_is_lost(log: pytest.LogCaptureFixture) -> None:
    def losing(tally: HepTally, second: int) -> None:
        if second == 0:
            tally.count_lost(7)
        if second > 300:
            tally.count_not_used(Unused.OTHER_SIP, PBX)

    run(losing, seconds=300)
    assert "mirrored datagrams are no longer lost" not in log.messages
    run(losing, seconds=400)
    assert log.messages[-1] == "mirrored datagrams are no longer lost"
