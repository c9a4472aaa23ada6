from dataclasses import replace

import pytest

from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.order import OrderKind
from autoprov_worker.errors import SpoolUnavailable
from autoprov_worker.follow import follow
from autoprov_worker.knowledge import Knowledge
from sipxconfig_client.errors import Unreachable
from tests.autoprov_queue.values import MAC
from tests.autoprov_worker.site import SETTINGS, Site
from tests.peers.faulty_http import Fault


@pytest.fixture
def knowledge(site: Site) -> Knowledge:
    return Knowledge(site.queue, site.client, site.spool, SETTINGS)


def test_an_assigned_phones_files_are_in_the_spool_before_it_is_told_to_fetch_them(
    site: Site, knowledge: Knowledge
) -> None:
    site.add_phone()
    site.assign(user="205")
    spooled_when_ordered: list[SpoolEntry | None] = []
    site.queue.on_put(lambda: spooled_when_ordered.append(site.spooled()))
    follow(MAC, knowledge, site.queue)
    assert site.ordered(OrderKind.RESYNC) == [MAC]
    [spooled] = spooled_when_ordered
    assert spooled is not None
    assert spooled.state == PhoneState.ASSIGNED
    assert b"sip205" in spooled.files["0004f2abcdef-lines.cfg"]
    assert b"0004f2abcdef-lines.cfg" in spooled.files["0004f2abcdef.cfg"]


def test_a_phone_that_lost_its_line_is_told_too(site: Site, knowledge: Knowledge) -> None:
    site.add_phone()
    site.assign()
    follow(MAC, knowledge, site.queue)
    site.server.inventory.delete_lines(site.phone().id)
    assert follow(MAC, knowledge, site.queue) == "unassigned"
    assert site.spooled() == SpoolEntry(PhoneState.UNASSIGNED)


def test_where_the_pbx_serves_assigned_phones_it_writes_the_files_before_the_phone_is_told(site: Site) -> None:
    beside_a_pbx = Knowledge(site.queue, site.client, site.spool, replace(SETTINGS, own_files=None))
    phone = site.add_phone()
    site.assign()
    assert follow(MAC, beside_a_pbx, site.queue) == "assigned"
    assert site.proxy.requests[-1] == f"PUT /sipxconfig/api/phones/{phone.id}/sendProfile/restart"
    assert site.ordered(OrderKind.RESYNC) == [MAC]
    site.server.inventory.delete_lines(phone.id)
    follow(MAC, beside_a_pbx, site.queue)
    assert sum("sendProfile" in request for request in site.proxy.requests) == 1


def test_files_that_cannot_be_written_now_are_followed_again_later(site: Site) -> None:
    beside_a_pbx = Knowledge(site.queue, site.client, site.spool, replace(SETTINGS, own_files=None))
    site.add_phone()
    site.assign()
    site.proxy.faults.extend([Fault.NONE, Fault.STATUS_503])  # the look, then the profiles
    with pytest.raises(Unreachable):
        follow(MAC, beside_a_pbx, site.queue)
    assert site.ordered(OrderKind.RESYNC) == []


def test_a_phone_that_was_deleted_is_not_told_anything(site: Site, knowledge: Knowledge) -> None:
    assert "not in the config system" in follow(MAC, knowledge, site.queue)
    assert site.ordered(OrderKind.RESYNC) == []


def test_nobody_is_told_where_the_config_system_does_not_answer(site: Site, knowledge: Knowledge) -> None:
    site.add_phone()
    site.assign()
    site.proxy.faults.append(Fault.STATUS_503)
    with pytest.raises(Unreachable):
        follow(MAC, knowledge, site.queue)
    assert site.ordered(OrderKind.RESYNC) == []


def test_nobody_is_told_where_the_spool_cannot_be_written(site: Site, knowledge: Knowledge) -> None:
    site.add_phone()
    site.assign()
    (site.folder / "spool").rmdir()
    with pytest.raises(SpoolUnavailable):
        follow(MAC, knowledge, site.queue)
    assert site.ordered(OrderKind.RESYNC) == []
