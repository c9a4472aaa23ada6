"""Datagrams that wait: who is served, and what the others are told."""

import re
import time
from collections import Counter
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.overload import ANSWERED, NOTICEABLE_WAIT, SHARE, TOO_LONG_WAIT, OverloadGate, Treatment
from registrar_plugin.registration import AcceptedRegistration
from tests.peers.polycom import register
from tests.registrar_plugin.hosts.site import Site, StreamPhone, loopback
from tests.registrar_plugin.hosts.udp_phone import UdpPhone

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
FLOOD = 2 * ANSWERED
STALL_SECONDS = TOO_LONG_WAIT.total_seconds() + 0.5


def treatments(gate: OverloadGate, count: int, *, waited: timedelta, at: datetime = NOW) -> Counter[Treatment]:
    return Counter(gate.judge("192.0.2.1", waited=waited, now=at) for _ in range(count))


def test_nobody_is_turned_away_while_nobody_waits() -> None:
    assert treatments(OverloadGate(), 10_000, waited=NOTICEABLE_WAIT - MOMENT) == {Treatment.SERVE: 10_000}


def test_who_sends_much_is_turned_away_then_ignored_and_others_are_served() -> None:
    gate = OverloadGate()
    assert treatments(gate, FLOOD, waited=NOTICEABLE_WAIT) == {
        Treatment.SERVE: SHARE,
        Treatment.TURN_AWAY: ANSWERED - SHARE,
        Treatment.DROP: FLOOD - ANSWERED,
    }
    assert gate.judge("192.0.2.2", waited=NOTICEABLE_WAIT, now=NOW) is Treatment.SERVE


def test_an_ipv6_network_has_one_share_however_many_addresses_send() -> None:
    gate = OverloadGate()
    senders = [f"2001:db8:0:1::{number:x}%eth0" for number in range(1, FLOOD + 1)]
    served = Counter(gate.judge(sender, waited=NOTICEABLE_WAIT, now=NOW) for sender in senders)
    assert served[Treatment.SERVE] == SHARE
    assert gate.judge("2001:db8:0:2::1", waited=NOTICEABLE_WAIT, now=NOW) is Treatment.SERVE


def test_overload_lasts_a_second_longer_so_that_the_buffer_runs_empty() -> None:
    gate = OverloadGate()
    treatments(gate, FLOOD, waited=NOTICEABLE_WAIT)
    assert treatments(gate, 1, waited=MOMENT, at=NOW + timedelta(seconds=1) - MOMENT) == {Treatment.DROP: 1}
    assert treatments(gate, 1000, waited=MOMENT, at=NOW + timedelta(seconds=1)) == {Treatment.SERVE: 1000}


def test_the_shares_are_of_each_second() -> None:
    gate = OverloadGate()
    for second in range(3):
        served = treatments(gate, FLOOD, waited=NOTICEABLE_WAIT, at=NOW + timedelta(seconds=second))
        assert served[Treatment.SERVE] == SHARE


def test_what_waited_too_long_is_turned_away_whoever_sent_it() -> None:
    assert treatments(OverloadGate(), 1, waited=TOO_LONG_WAIT) == {Treatment.TURN_AWAY: 1}


def test_the_senders_that_are_remembered_are_bounded() -> None:
    gate = OverloadGate()
    for number in range(10_000):
        gate.judge(f"h{number}", waited=NOTICEABLE_WAIT, now=NOW)
    assert treatments(gate, FLOOD, waited=NOTICEABLE_WAIT) == {Treatment.SERVE: FLOOD}


class Stall:
    """A registrar whose loop can be held up by its hook, as a stuck machine holds it up."""

    def __init__(self) -> None:
        self.entered, self.released = Event(), Event()
        self.site = Site(loopback(Transport.UDP), loopback(Transport.TCP), on_accepted=self.hold_up)

    def hold_up(self, _: AcceptedRegistration) -> None:
        self.entered.set()
        self.released.wait(20)


@pytest.fixture
def stall() -> Generator[Stall]:
    running = Stall()
    yield running
    running.released.set()
    running.site.registrar.stop()


def test_requests_that_lay_too_long_get_503_with_retry_after_and_the_next_ones_are_served(stall: Stall) -> None:
    with UdpPhone(stall.site.at[0]) as first, UdpPhone(stall.site.at[0]) as late:
        assert first.register().startswith(b"SIP/2.0 200 ")
        assert stall.entered.wait(20)
        for number in range(20):
            late.send(register(via=f"{late.source};rport", call_id=f"late {number}".replace(" ", "-")))
        time.sleep(STALL_SECONDS)
        stall.released.set()
        answers = [late.receive() for _ in range(20)]
        assert {answer.split(b"\r\n")[0] for answer in answers} == {b"SIP/2.0 503 Service Unavailable"}
        pauses = {int(found[1]) for answer in answers if (found := re.search(rb"\r\nRetry-After: (\d+)\r\n", answer))}
        assert pauses <= set(range(10, 31))
        assert len(pauses) > 5
        assert late.register().startswith(b"SIP/2.0 200 ")
        assert stall.site.registrar.answers[503] == 20


def test_requests_on_a_connection_that_lay_too_long_get_503_too(stall: Stall) -> None:
    with UdpPhone(stall.site.at[0]) as first, StreamPhone(stall.site.at[1]) as late:
        late.send(late.request())
        assert late.receive().startswith(b"SIP/2.0 401 ")
        first.register()
        assert stall.entered.wait(20)
        late.send(b"".join(late.request(cseq=number) for number in range(2, 7)))
        time.sleep(STALL_SECONDS)
        stall.released.set()
        for _ in range(5):
            answer = late.receive()
            assert answer.startswith(b"SIP/2.0 503 ")
            assert b"\r\nRetry-After: " in answer
        assert late.register().startswith(b"SIP/2.0 200 ")


def test_a_503_goes_where_the_phone_listens(stall: Stall) -> None:
    with (
        UdpPhone(stall.site.at[0]) as first,
        UdpPhone(stall.site.at[0]) as sending,
        UdpPhone(stall.site.at[0]) as listening,
    ):
        first.register()
        assert stall.entered.wait(20)
        sending.send(register(via=listening.source))
        time.sleep(STALL_SECONDS)
        stall.released.set()
        assert listening.receive().startswith(b"SIP/2.0 503 ")
