"""The config system is down for a day, and clocks jump: the queue holds, retries stay polite, recovery is at once."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_queue.entry import EntryState
from tests.autoprov_queue.values import detected, nth_mac
from tests.autoprov_worker.site import Site, site_in
from tests.peers.faulty_http import Fault, always

SECOND, MINUTE, DAY, YEAR = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1), timedelta(days=365)
PHONES = 10


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    with site_in(tmp_path) as built:
        yield built


def pass_time(site: Site, span: timedelta, *, tick: timedelta) -> None:
    """The worker's turns at each tick of the clock."""
    for _ in range(span // tick):
        while site.step():
            pass
        site.clock.forward(tick)


def goes_down(site: Site) -> None:
    site.proxy.otherwise = always(Fault.RESET_BEFORE)
    site.proxy.requests.clear()


def comes_back(site: Site) -> None:
    site.proxy.otherwise = always(Fault.NONE)
    site.proxy.requests.clear()


def created(site: Site) -> int:
    return site.queue.counts()[EntryState.CREATED]


def test_after_a_day_without_the_config_system_everything_is_through_at_once(site: Site) -> None:
    """Phones come all day; in an hour of it the config system is asked a dozen times or so, however many wait."""
    goes_down(site)
    for hour in range(24):
        site.queue.put([detected(nth_mac(hour * 2 + one), seen_at=site.clock.now) for one in range(2)])
        pass_time(site, 60 * MINUTE, tick=MINUTE)
    assert site.queue.counts()[EntryState.WAITING] == 48
    assert 24 * 12 <= len(site.proxy.requests) <= 24 * 16
    assert site.queue.counts()[EntryState.REFUSED] == 0
    comes_back(site)
    pass_time(site, 5 * MINUTE, tick=5 * MINUTE)
    pass_time(site, SECOND, tick=SECOND)
    assert created(site) == 48


def test_snapshots_stay_polite_in_a_long_outage_too(site: Site) -> None:
    goes_down(site)
    for _ in range(8 * 60):
        site.snapshot()
        site.clock.forward(MINUTE)
    assert len(site.proxy.requests) <= 8 * 20
    comes_back(site)
    site.clock.forward(5 * MINUTE)
    assert site.snapshot()


@pytest.mark.parametrize("jump", [YEAR, DAY, -MINUTE, -DAY, -YEAR], ids=str)
def test_a_clock_that_jumps_in_an_outage_neither_stalls_nor_storms_the_retries(site: Site, jump: timedelta) -> None:
    goes_down(site)
    site.queue.put([detected(nth_mac(number)) for number in range(PHONES)])
    pass_time(site, 20 * MINUTE, tick=30 * SECOND)
    site.clock.forward(jump)
    site.proxy.requests.clear()
    pass_time(site, 30 * MINUTE, tick=30 * SECOND)
    assert 4 <= len(site.proxy.requests) <= 15
    comes_back(site)
    pass_time(site, 6 * MINUTE, tick=30 * SECOND)
    assert created(site) == PHONES


@pytest.mark.parametrize("jump", [YEAR, -DAY, -YEAR], ids=str)
def test_a_clock_that_jumps_holds_back_no_phone_that_waits_or_was_claimed(site: Site, jump: timedelta) -> None:
    """One was taken up by a worker that died, one waits for its next attempt, one comes after the jump."""
    site.queue.put([detected(nth_mac(0))])
    site.queue.claim(limit=1, lease=5 * MINUTE)
    site.proxy.otherwise = always(Fault.STATUS_503)
    site.queue.put([detected(nth_mac(1))])
    site.step()
    site.clock.forward(jump)
    comes_back(site)
    site.queue.put([detected(nth_mac(2), seen_at=site.clock.now)])
    pass_time(site, 6 * MINUTE, tick=MINUTE)
    assert created(site) == 3
