import logging
from datetime import timedelta

import pytest

from autoprov_phones.phone_tag import MAX_GENERATION
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.order import OrderKind
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, detected
from tests.autoprov_worker.site import Site

LATER = NOON + timedelta(minutes=1)
FIRST = detected(MAC, unique_id="KTM4PX")
SECOND = detected(OTHER_MAC, unique_id="KTM4PX", seen_at=LATER)
CLASH = "unique ID is shown by more than one phone"


def test_the_later_of_two_phones_with_one_id_is_made_to_show_another(site: Site) -> None:
    site.queue.put([FIRST, SECOND])
    site.step()
    assert site.spooled(MAC) == SpoolEntry(PhoneState.UNASSIGNED, generation=0)
    assert site.spooled(OTHER_MAC) == SpoolEntry(PhoneState.UNASSIGNED, generation=1)
    assert site.ordered(OrderKind.RESYNC) == [OTHER_MAC]


def test_both_phones_are_named_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.queue.put([FIRST, SECOND])
    site.step()
    warnings = [record for record in caplog.records if record.message == CLASH]
    assert {record.levelno for record in warnings} == {logging.WARNING}
    assert [record.__dict__["mac"] for record in warnings] == [str(MAC), str(OTHER_MAC)]


def test_a_generation_does_not_rise_above_the_highest(site: Site) -> None:
    site.spool.write(OTHER_MAC, SpoolEntry(PhoneState.UNASSIGNED, MAX_GENERATION))
    site.queue.put([FIRST, SECOND])
    site.step()
    assert site.spooled(OTHER_MAC) == SpoolEntry(PhoneState.UNASSIGNED, MAX_GENERATION)


def test_an_assigned_phone_keeps_its_generation(site: Site) -> None:
    site.add_phone(OTHER_MAC)
    site.assign(OTHER_MAC)
    site.queue.put([FIRST, SECOND])
    site.step()
    spooled = site.spooled(OTHER_MAC)
    assert spooled is not None
    assert (spooled.state, spooled.generation) == (PhoneState.ASSIGNED, 0)


def test_a_raised_generation_survives_assignment_and_its_end(site: Site) -> None:
    site.queue.put([FIRST, SECOND])
    site.step()
    site.assign(OTHER_MAC)
    site.snapshot()
    assigned = site.spooled(OTHER_MAC)
    site.server.inventory.delete_lines(site.phone(OTHER_MAC).id)
    site.snapshot()
    assert assigned is not None
    assert (assigned.state, assigned.generation) == (PhoneState.ASSIGNED, 1)
    assert site.spooled(OTHER_MAC) == SpoolEntry(PhoneState.UNASSIGNED, 1)


def test_phones_with_ids_of_their_own_are_left_as_they_are(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.queue.put([detected(MAC), detected(OTHER_MAC)])
    site.step()
    assert site.spooled(OTHER_MAC) == SpoolEntry(PhoneState.UNASSIGNED, generation=0)
    assert CLASH not in caplog.messages
