"""The worker before a sipXconfig that takes phones and tells nothing of them (contract 1)."""

import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState
from autoprov_queue.order import OrderKind
from autoprov_web.spool_reader import CannotTell, Known, look_up
from sipxconfig_server.era import Era
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, detected
from tests.autoprov_worker.site import Site, site_in

MAX_AGE = 900.0


@pytest.fixture(params=[Era.A, Era.B, Era.C], ids=lambda era: f"era {era.value}")
def old_site(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Site]:
    with site_in(tmp_path, era=request.param) as built:
        yield built


def looked_up(site: Site, mac: MacAddress) -> object:
    return look_up(str(site.folder / "spool"), mac, now=NOON.timestamp(), max_age=MAX_AGE)


def test_a_detected_phone_is_sent_and_there(old_site: Site) -> None:
    old_site.queue.put([detected()])
    old_site.step()
    assert old_site.entry().state is EntryState.CREATED
    assert "is there" in old_site.entry().last_answer
    assert [phone.record.serial_number for phone in old_site.server.inventory.phones()] == [str(MAC)]


def test_a_phone_that_comes_back_is_there_once(old_site: Site) -> None:
    for seconds in range(3):
        old_site.queue.put([detected(contact_host=f"192.168.7.{seconds}")])
        old_site.step()
    assert len(old_site.server.inventory.phones()) == 1


def test_nobody_vouches_for_a_phone_that_cannot_be_looked_at(old_site: Site) -> None:
    old_site.queue.put([detected()])
    assert old_site.snapshot()
    old_site.step()
    assert old_site.snapshot()
    assert old_site.snapshot_time() is None
    for mac in (MAC, OTHER_MAC):
        assert isinstance(looked_up(old_site, mac), CannotTell)


def test_a_phone_known_as_assigned_stays_protected(old_site: Site) -> None:
    old_site.spool.write(MAC, SpoolEntry(PhoneState.ASSIGNED))
    old_site.queue.put([detected()])
    old_site.step()
    old_site.snapshot()
    known = looked_up(old_site, MAC)
    assert isinstance(known, Known)
    assert known.entry.is_assigned


def test_the_operator_is_told_once(old_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        old_site.snapshot()
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "503" in record.message
    assert "14.10" in record.__dict__["reason"]


def test_an_order_to_follow_a_phone_re_syncs_it_all_the_same(old_site: Site) -> None:
    old_site.queue.order(OrderKind.FOLLOW, MAC)
    old_site.step()
    assert [(order.kind, order.mac) for order in old_site.queue.pending_orders()] == [(OrderKind.RESYNC, MAC)]
    assert "not followed" in (old_site.sightings[-1].detail)
