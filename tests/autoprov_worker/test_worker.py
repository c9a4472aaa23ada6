import logging
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from autoprov_phones.description import describe, parse_description
from autoprov_phones.spool_entry import PhoneState, SpoolEntry
from autoprov_queue.entry import EntryState
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Stage
from autoprov_worker.worker import Worker
from sipxconfig_client.values import Credentials
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, detected, nth_mac
from tests.autoprov_worker.site import SETTINGS, Site, new_client
from tests.peers.faulty_http import Fault, always

SECOND = timedelta(seconds=1)
DOWN = [Fault.RESET_BEFORE] * 1000


def test_a_detected_phone_is_created_with_its_id_and_address_in_the_description(site: Site) -> None:
    site.queue.put([detected()])
    assert site.step() == 1
    assert site.entry().state is EntryState.CREATED
    assert site.phone().model_id == "polycomVVX410"
    assert parse_description(site.phone().description) == describe(detected())


def test_a_created_phone_is_known_to_the_spool_as_unassigned(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    assert site.spooled() == SpoolEntry(PhoneState.UNASSIGNED)


def test_a_step_without_work_asks_nobody(site: Site) -> None:
    assert site.step() == 0
    assert site.proxy.requests == []


def test_a_step_works_off_a_batch_and_the_next_one_the_rest(site: Site) -> None:
    site.queue.put([detected(nth_mac(number)) for number in range(SETTINGS.batch + 2)])
    assert [site.step(), site.step(), site.step()] == [SETTINGS.batch, 2, 0]
    assert len(list(site.admin.all_phones())) == SETTINGS.batch + 2


def test_what_became_of_a_phone_stands_in_its_timeline(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    [seen] = site.sightings
    assert (seen.mac, seen.at, seen.stage, seen.verdict) == (MAC, NOON, Stage.CONFIG, "created")


def test_a_phone_that_comes_back_with_another_address_is_brought_up_to_date(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    moved = detected(contact_host="192.168.7.99", seen_at=NOON + SECOND)
    site.queue.put([moved])
    site.step()
    assert parse_description(site.phone().description) == describe(moved)
    assert len(list(site.admin.all_phones())) == 1


def test_a_phone_that_is_there_as_it_should_is_not_written(site: Site) -> None:
    site.add_phone(description=describe(detected()).text)
    site.queue.put([detected()])
    site.step()
    assert site.entry().state is EntryState.CREATED
    assert not [request for request in site.proxy.requests if not request.startswith("GET")]


@pytest.mark.parametrize("words", ["Reception, ask Ada", "", "Auto-provisioned\n  ID: KTM4PX\n  for Ada\n"])
def test_an_administrators_words_are_not_overwritten(site: Site, words: str) -> None:
    site.add_phone(description=words)
    before = site.phone()
    site.queue.put([detected()])
    site.step()
    assert site.phone() == before
    assert site.entry().state is EntryState.CREATED


def test_an_assigned_phone_is_left_alone(site: Site) -> None:
    site.add_phone(description=describe(detected()).text)
    site.assign()
    before = site.phone()
    site.queue.put([detected(contact_host="192.168.7.99")])
    site.step()
    assert site.phone() == before
    assert site.entry().last_answer.startswith("left alone")


def test_a_phone_that_was_given_its_line_before_it_was_ever_seen_is_told_of_it(site: Site) -> None:
    """Between two snapshots it was a stranger, so it registered as one."""
    site.add_phone()
    site.assign()
    site.queue.put([detected()])
    site.step()
    site.step()
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_an_assignment_is_noticed_between_the_snapshots(site: Site) -> None:
    worker = Worker(
        site.queue,
        site.client,
        site.spool,
        replace(SETTINGS, looks_per_minute=60),
        saw=site.sightings.append,
        jitter=lambda: 0.0,
    )
    site.queue.put([detected()])
    worker.step(site.clock)
    site.assign()
    site.proxy.faults.append(Fault.STATUS_503)
    worker.notice(site.clock)
    worker.notice(site.clock)  # the gate is closed now: nobody is asked
    assert site.ordered(OrderKind.FOLLOW) == []
    site.clock.forward(timedelta(minutes=1))
    worker.notice(site.clock)
    assert site.ordered(OrderKind.FOLLOW) == [MAC]


def test_an_assigned_phone_that_still_registers_with_us_is_followed(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    site.assign()
    site.queue.put([detected(contact_host="192.168.7.99", seen_at=NOON + SECOND)])
    site.step()
    spooled = site.spooled()
    assert spooled is not None
    assert spooled.state == PhoneState.ASSIGNED
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_a_model_that_the_config_system_lacks_is_refused_with_what_to_do(site: Site) -> None:
    site.queue.put([detected(model="VVX_999")])
    site.step()
    assert site.entry().state is EntryState.REFUSED
    assert "settings file" in site.entry().last_answer
    assert site.proxy.requests == []


def test_a_phone_that_the_config_system_refuses_holds_up_nobody(site: Site) -> None:
    bad = replace(SETTINGS.operator_models["CCX_500"], model_id="noSuchModel")
    settings = replace(SETTINGS, operator_models={"CCX_500": bad})
    worker = Worker(site.queue, site.client, site.spool, settings, saw=site.sightings.append, jitter=lambda: 0.0)
    site.queue.put([detected(MAC, model="CCX_500"), detected(OTHER_MAC)])
    assert worker.step(site.clock) == 2
    assert site.entry(MAC).state is EntryState.REFUSED
    assert site.entry(OTHER_MAC).state is EntryState.CREATED


@pytest.mark.parametrize(
    "fault", [Fault.STATUS_500, Fault.STATUS_502, Fault.STATUS_503, Fault.RESET_BEFORE, Fault.HTML_200, Fault.HTML_404]
)
def test_a_phone_waits_while_the_config_system_does_not_answer(site: Site, fault: Fault) -> None:
    site.proxy.faults.extend([fault] * 10)
    site.queue.put([detected()])
    site.step()
    entry = site.entry()
    assert (entry.state, entry.attempts, entry.due_at) == (EntryState.WAITING, 1, NOON + 2 * SECOND)
    assert site.sightings[-1].verdict == "postponed"
    site.proxy.faults.clear()
    site.clock.forward(2 * SECOND)
    site.step()
    assert site.entry().state is EntryState.CREATED


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.STATUS_504_AFTER, Fault.HALF_ANSWER_AFTER])
def test_a_create_whose_answer_was_lost_is_not_done_twice(site: Site, fault: Fault) -> None:
    site.proxy.faults.extend([Fault.NONE, Fault.NONE, fault, *DOWN[:3]])  # two looks before, then the create
    site.queue.put([detected()])
    site.step()
    assert site.entry().state is EntryState.WAITING
    site.proxy.faults.clear()
    site.clock.forward(2 * SECOND)
    site.step()
    assert site.entry().state is EntryState.CREATED
    assert len(list(site.admin.all_phones())) == 1


def test_in_an_outage_a_hundred_phones_cost_one_attempt(site: Site) -> None:
    site.proxy.faults.extend(DOWN)
    site.queue.put([detected(nth_mac(number)) for number in range(100)])
    assert [site.step(), site.step(), site.step()] == [1, 0, 0]
    assert len(site.proxy.requests) == 1


def test_in_an_outage_a_phone_is_due_when_the_config_system_may_be_asked_again_and_not_later(site: Site) -> None:
    jitters = iter([0.8, 0.0])  # the gate's, and one that would put the phone off for longer
    worker = Worker(
        site.queue, site.client, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: next(jitters)
    )
    site.proxy.faults.append(Fault.RESET_BEFORE)
    site.queue.put([detected()])
    worker.step(site.clock)
    assert site.entry().due_at == NOON + 1.6 * SECOND


def test_attempts_in_a_long_outage_become_rare(site: Site) -> None:
    site.proxy.faults.extend(DOWN)
    site.queue.put([detected(nth_mac(number)) for number in range(20)])
    for _ in range(3600):
        site.step()
        site.clock.forward(SECOND)
    assert 12 <= len(site.proxy.requests) <= 24


def test_after_an_outage_everything_is_worked_off_at_once(site: Site) -> None:
    site.proxy.faults.extend(DOWN)
    site.queue.put([detected(nth_mac(number)) for number in range(5)])
    for _ in range(3600):
        site.step()
        site.clock.forward(SECOND)
    site.proxy.faults.clear()
    for _ in range(300):
        site.step()
        site.clock.forward(SECOND)
    assert site.queue.counts()[EntryState.CREATED] == 5


def test_the_log_says_when_a_phone_must_wait_and_when_none_needs_to_any_more(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="autoprov_worker")
    site.proxy.faults.append(Fault.RESET_BEFORE)
    site.queue.put([detected()])
    site.step()
    site.clock.forward(2 * SECOND)
    site.step()
    said = [record for record in caplog.records if record.name.startswith("autoprov_worker")]
    assert [(record.levelno, record.message) for record in said] == [
        (logging.WARNING, "phones must wait"),
        (logging.INFO, "phone postponed"),
        (logging.INFO, "phones need not wait any more"),
        (logging.INFO, "phone provisioned"),
    ]
    assert [record.__dict__["mac"] for record in said if "mac" in record.__dict__] == [str(MAC), str(MAC)]


def test_a_phone_that_never_works_does_not_hold_up_the_others(site: Site) -> None:
    poisoned = nth_mac(0)
    with closing(sqlite3.connect(site.server.path)) as database:
        database.execute(
            f"CREATE TRIGGER poison BEFORE INSERT ON phone WHEN NEW.serial_number = '{poisoned}'"
            " BEGIN SELECT abs(-9223372036854775807 - 1); END"  # an overflow: not the data, the database fails
        )
    site.queue.put([detected(poisoned)])
    for number in range(1, 31):
        site.queue.put([detected(nth_mac(number), seen_at=site.clock.now)])
        for _ in range(5):
            site.step()
            site.clock.forward(SECOND)
    assert site.queue.counts()[EntryState.CREATED] == 30
    assert 4 <= site.entry(poisoned).attempts <= 8


def test_wrong_credentials_are_an_error_and_tried_slowly(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    intruder = new_client(site.server.base_url, credentials=Credentials("superadmin", "wrong"))
    worker = Worker(site.queue, intruder, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: 0.0)
    site.queue.put([detected()])
    worker.step(site.clock)
    intruder.close()
    assert site.entry().due_at == NOON + timedelta(minutes=5)
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "credentials" in record.message


def test_a_spool_that_cannot_be_written_makes_the_phone_wait(site: Site) -> None:
    spool = site.folder / "spool"
    spool.rmdir()
    site.queue.put([detected()])
    site.step()
    assert site.entry().state is EntryState.WAITING
    spool.mkdir()
    site.clock.forward(2 * SECOND)
    site.step()
    assert site.entry().state is EntryState.CREATED
    assert site.spooled() == SpoolEntry(PhoneState.UNASSIGNED)


def test_a_phone_that_changed_while_it_was_created_is_brought_up_to_date(site: Site) -> None:
    moved = detected(contact_host="192.168.7.99", seen_at=NOON + SECOND)

    def moves(request: str) -> None:
        if request.startswith("POST"):
            site.queue.put([moved])

    site.proxy.before = moves
    site.queue.put([detected()])
    site.step()
    assert site.entry().state is EntryState.CREATED
    assert parse_description(site.phone().description) == describe(moved)


def test_a_phone_assigned_just_after_its_creation_is_not_called_unassigned(site: Site) -> None:
    def assigns(request: str) -> None:
        phone = site.admin.phone(MAC)
        if request.startswith("GET") and phone is not None and phone.is_unassigned:
            site.assign()

    site.proxy.before = assigns
    site.queue.put([detected()])
    site.step()
    spooled = site.spooled()
    assert spooled is not None
    assert spooled.state == PhoneState.ASSIGNED


def test_an_order_to_follow_is_carried_out(site: Site) -> None:
    site.queue.put([detected()])
    site.step()
    site.assign()
    site.queue.order(OrderKind.FOLLOW, MAC)
    assert site.step() == 1
    assert site.ordered(OrderKind.FOLLOW) == []
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_an_order_to_follow_waits_while_the_config_system_does_not_answer(site: Site) -> None:
    site.add_phone()
    site.assign()
    site.queue.order(OrderKind.FOLLOW, MAC)
    site.proxy.faults.extend(DOWN)
    site.step()
    assert site.ordered(OrderKind.RESYNC) == []
    site.proxy.faults.clear()
    site.clock.forward(2 * SECOND)
    site.step()
    assert site.ordered(OrderKind.RESYNC) == [MAC]


def test_a_list_that_never_comes_keeps_no_phone_waiting(site: Site) -> None:
    """One record may break a page for ever; a phone that is asked for by its MAC is created all the same."""

    def breaks_lists(request: str) -> Fault:
        return Fault.STATUS_500 if "limit=200" in request else Fault.NONE

    site.proxy.otherwise = breaks_lists
    site.queue.put([detected(nth_mac(number)) for number in range(30)])
    for _ in range(30):
        assert not site.snapshot()
        site.step()
        site.clock.forward(SECOND)
    assert site.queue.counts()[EntryState.CREATED] == 30
    assert site.proxy.counts[Fault.STATUS_500] <= 5


def test_a_phone_that_fails_fifty_times_while_others_get_through_is_refused(site: Site) -> None:
    poisoned = nth_mac(0)

    def breaks_one(request: str) -> Fault:
        return Fault.STATUS_500 if poisoned.hex in request else Fault.NONE

    site.proxy.otherwise = breaks_one
    site.queue.put([detected(poisoned)])
    for _ in range(50):
        assert site.entry(poisoned).state is EntryState.WAITING
        site.step()
        site.clock.forward(timedelta(minutes=5))
        assert site.snapshot()
    assert site.entry(poisoned).state is EntryState.REFUSED
    assert site.entry(poisoned).last_answer.startswith("failed 50 times while others got through: ")


def test_however_long_an_outage_is_nobody_is_refused_for_it(site: Site) -> None:
    site.proxy.otherwise = always(Fault.STATUS_503)
    site.queue.put([detected(nth_mac(number)) for number in range(3)])
    for _ in range(60):
        site.step()
        site.clock.forward(timedelta(minutes=5))
    assert site.queue.counts()[EntryState.WAITING] == 3


def test_a_verdict_that_the_queue_did_not_take_is_written_when_it_does_and_not_only_when_the_lease_ended(
    site: Site,
) -> None:
    site.queue.put([detected()])

    def locks(request: str) -> None:
        if request.startswith("POST"):
            holder.execute("BEGIN EXCLUSIVE")

    with closing(
        sqlite3.connect(site.folder / "queue.sqlite", isolation_level=None, check_same_thread=False)
    ) as holder:
        site.proxy.before = locks
        with closing(
            PhoneQueue(site.queue_url, clock=site.clock, busy_timeout=timedelta(milliseconds=50))
        ) as impatient:
            worker = Worker(impatient, site.client, site.spool, SETTINGS, saw=site.sightings.append, jitter=lambda: 0.0)
            with pytest.raises(QueueUnavailable):
                worker.step(site.clock)
            assert site.entry().state is EntryState.CLAIMED
            holder.execute("ROLLBACK")
            worker.step(site.clock)
    assert site.entry().state is EntryState.CREATED
    assert sum(request.startswith("POST") for request in site.proxy.requests) == 1
