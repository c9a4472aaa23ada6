from collections.abc import Callable
from datetime import timedelta

import pytest

from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import Settled
from autoprov_queue.order import OrderKind
from autoprov_worker.knowledge import Knowledge
from autoprov_worker.noticing import Noticing
from sipxconfig_client.errors import Unreachable
from sipxconfig_server.records import PhoneRecord
from tests.autoprov_queue.values import MAC, detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site
from tests.peers.faulty_http import Fault

Rated = Callable[[int], Noticing]


@pytest.fixture
def noticing(site: Site) -> Rated:
    def rated(looks_per_minute: int) -> Noticing:
        knowledge = Knowledge(site.queue, site.client, site.spool, SETTINGS)
        return Noticing(site.queue, knowledge, site.spool, looks_per_minute=looks_per_minute)

    return rated


def register(site: Site, count: int) -> None:
    """So many phones went through the queue, and stand there unassigned."""
    site.queue.put([detected(nth_mac(number)) for number in range(count)])
    for entry in site.queue.claim(limit=count, lease=timedelta(minutes=5)):
        mac = entry.phone.tag.mac
        site.server.inventory.add_phone(PhoneRecord(str(mac), "polycomVVX410", None, ""))
        site.spool.write(mac, SpoolEntry(PhoneState.UNASSIGNED))
        site.queue.finish(entry, Settled("created"))
    site.proxy.requests.clear()


def looks_in(site: Site, noticing: Noticing, seconds: int) -> int:
    """As the worker's thread asks: each second."""
    looks = 0
    for _ in range(seconds):
        looks += noticing.look(now=site.clock.now)
        site.clock.forward(timedelta(seconds=1))
    return looks


def test_an_assignment_made_elsewhere_is_noticed_and_followed(site: Site, noticing: Rated) -> None:
    site.queue.put([detected()])
    site.step()
    site.assign()
    assert noticing(60).look(now=site.clock.now) == 1
    assert site.ordered(OrderKind.FOLLOW) == [MAC]
    site.step()
    entry = site.spooled()
    assert entry is not None
    assert entry.state == PhoneState.ASSIGNED
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_a_phone_deleted_elsewhere_is_forgotten_so_that_its_next_register_makes_it_new(
    site: Site, noticing: Rated
) -> None:
    site.queue.put([detected()])
    site.step()
    site.delete()
    noticing(60).look(now=site.clock.now)
    assert (site.queue.find(MAC), site.spooled()) == (None, None)
    site.queue.put([detected()])
    site.step()
    assert site.phone().is_unassigned


@pytest.mark.parametrize(("rate", "seconds", "looks"), [(6, 20, 2), (60, 8, 8), (120, 4, 7)])
def test_the_rate_is_kept(site: Site, noticing: Rated, rate: int, seconds: int, looks: int) -> None:
    register(site, 9)
    assert looks_in(site, noticing(rate), seconds) == looks
    assert len(site.proxy.requests) == looks
    assert all("/api/phones/" in request for request in site.proxy.requests)


def test_few_phones_are_not_asked_for_all_the_time(site: Site, noticing: Rated) -> None:
    register(site, 2)
    assert looks_in(site, noticing(600), 20) == 4


def test_a_pause_is_not_made_up_for_with_a_storm(site: Site, noticing: Rated) -> None:
    register(site, 12)
    looking = noticing(600)
    looking.look(now=site.clock.now)
    assert looking.look(now=site.clock.forward(timedelta(minutes=5))) == 10


def test_who_registered_last_is_looked_at_first(site: Site, noticing: Rated) -> None:
    register(site, 3)
    site.queue.put([detected(nth_mac(1), seen_at=site.clock.forward(timedelta(minutes=1)))])
    noticing(60).look(now=site.clock.now)
    assert [request.rpartition("/")[2] for request in site.proxy.requests] == [str(nth_mac(1))]


def test_phones_with_a_line_and_strangers_cost_no_request(site: Site, noticing: Rated) -> None:
    register(site, 3)
    site.assign(nth_mac(0), user="200")
    site.snapshot()
    site.spool.remove(nth_mac(2))
    site.proxy.requests.clear()
    looks_in(site, noticing(60), 15)
    assert {request.rpartition("/")[2] for request in site.proxy.requests} == {str(nth_mac(1))}


def test_none_is_looked_at_where_that_is_switched_off(site: Site, noticing: Rated) -> None:
    register(site, 2)
    assert looks_in(site, noticing(0), 15) == 0


def test_a_clock_that_jumps_back_neither_stalls_nor_storms(site: Site, noticing: Rated) -> None:
    register(site, 5)
    looking = noticing(60)
    looks_in(site, looking, 15)
    site.clock.now -= timedelta(days=1)
    assert 5 <= looks_in(site, looking, 15) <= 16


def test_an_outage_is_the_callers_to_wait_for(site: Site, noticing: Rated) -> None:
    register(site, 1)
    site.proxy.faults.append(Fault.STATUS_503)
    with pytest.raises(Unreachable):
        noticing(60).look(now=site.clock.now)
