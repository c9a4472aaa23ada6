from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware, Program
from autoprov_queue.entry import EntryState, Postponed, QueueEntry, Rejected, Settled
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from tests.autoprov_phones.strategies import macs, tags
from tests.autoprov_queue.values import MAC, NOON, OTHER_MAC, HandClock, detected, nth_mac

LEASE = timedelta(minutes=5)
LATER = NOON + timedelta(minutes=1)


def claim_one(queue: PhoneQueue) -> QueueEntry:
    [entry] = queue.claim(limit=1, lease=LEASE)
    return entry


def state_of(queue: PhoneQueue, mac: MacAddress = MAC) -> EntryState:
    entry = queue.find(mac)
    assert entry is not None
    return entry.state


def test_a_phone_that_was_put_waits_and_is_due_at_once(queue: PhoneQueue) -> None:
    queue.put([detected()])
    entry = queue.find(MAC)
    assert entry is not None
    assert (entry.phone, entry.state, entry.due_at) == (detected(), EntryState.WAITING, NOON)


def test_a_phone_that_was_never_put_is_not_found(queue: PhoneQueue) -> None:
    assert queue.find(MAC) is None


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
SOFTWARES = st.builds(
    PhoneSoftware,
    st.sampled_from(["polycom", "yealink"]),
    WORDS,
    WORDS,
    WORDS,
    st.none() | macs,
    st.sampled_from(Program),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone(timedelta(hours=2))))  # noqa: DTZ001


@given(phone=st.builds(DetectedPhone, tags, SOFTWARES, WORDS, MOMENTS))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_phone_comes_out_as_it_went_in(queue: PhoneQueue, phone: DetectedPhone) -> None:
    queue.forget(phone.tag.mac)
    queue.put([phone])
    entry = queue.find(phone.tag.mac)
    assert entry is not None
    assert entry.phone == phone
    assert entry.phone.seen_at.tzinfo is UTC


def test_an_answer_that_no_database_can_store_is_stored_with_question_marks(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Rejected("no\0such\udce9model\n"))
    entry = queue.find(MAC)
    assert entry is not None
    assert entry.last_answer == "no?such?model\n"


def test_a_moment_without_a_zone_is_refused(queue: PhoneQueue) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        queue.put([detected(seen_at=NOON.replace(tzinfo=None))])
    assert queue.entries() == []


def test_a_phone_that_registers_twice_has_one_entry(queue: PhoneQueue) -> None:
    queue.put([detected(), detected(seen_at=LATER)])
    queue.put([detected(seen_at=LATER)])
    assert len(queue.entries()) == 1


def test_a_thousand_phones_go_in_at_once(queue: PhoneQueue) -> None:
    queue.put([detected(nth_mac(number)) for number in range(1000)])
    queue.put([detected(nth_mac(number), contact_host="192.168.7.99") for number in range(1000)])
    assert queue.counts()[EntryState.WAITING] == 1000


def test_a_claimed_phone_is_not_claimed_twice(queue: PhoneQueue) -> None:
    queue.put([detected()])
    assert claim_one(queue).state is EntryState.CLAIMED
    assert queue.claim(limit=1, lease=LEASE) == []


def test_phones_are_claimed_in_the_order_in_which_they_are_due(queue: PhoneQueue, clock: HandClock) -> None:
    queue.put([detected(OTHER_MAC)])
    clock.forward(timedelta(seconds=1))
    queue.put([detected(MAC)])
    assert [entry.phone.tag.mac for entry in queue.claim(limit=9, lease=LEASE)] == [OTHER_MAC, MAC]


def test_no_more_are_claimed_than_asked_for(queue: PhoneQueue) -> None:
    queue.put([detected(nth_mac(number)) for number in range(5)])
    assert len(queue.claim(limit=3, lease=LEASE)) == 3
    assert len(queue.claim(limit=3, lease=LEASE)) == 2


def test_a_lease_that_ended_lets_another_claim(queue: PhoneQueue, clock: HandClock) -> None:
    queue.put([detected()])
    first = claim_one(queue)
    clock.forward(LEASE)
    second = claim_one(queue)
    assert second.attempts == 2
    assert not queue.finish(first, Settled("late"))
    assert queue.finish(second, Settled("created"))
    assert state_of(queue) is EntryState.CREATED


def test_a_finished_phone_says_how_it_ended(queue: PhoneQueue) -> None:
    queue.put([detected(), detected(OTHER_MAC)])
    for entry in queue.claim(limit=2, lease=LEASE):
        queue.finish(entry, Settled("as phone 7") if entry.phone.tag.mac == MAC else Rejected("no such model"))
    created, refused = queue.find(MAC), queue.find(OTHER_MAC)
    assert created is not None
    assert refused is not None
    assert (created.state, created.last_answer, created.due_at) == (EntryState.CREATED, "as phone 7", None)
    assert (refused.state, refused.last_answer) == (EntryState.REFUSED, "no such model")


def test_a_finished_phone_cannot_be_claimed(queue: PhoneQueue, clock: HandClock) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Settled("created"))
    clock.forward(timedelta(days=365))
    assert queue.claim(limit=1, lease=LEASE) == []


def test_a_postponed_phone_can_be_claimed_when_it_is_due_again(queue: PhoneQueue, clock: HandClock) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Postponed("no answer", NOON + timedelta(seconds=2)))
    assert queue.claim(limit=1, lease=LEASE) == []
    clock.forward(timedelta(seconds=2))
    entry = claim_one(queue)
    assert (entry.attempts, entry.last_answer) == (2, "no answer")


def test_an_answer_of_any_length_is_kept_cut(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Rejected("no" * 10_000))
    [entry] = queue.entries(EntryState.REFUSED)
    assert len(entry.last_answer) == 500


def test_a_created_phone_that_registers_unchanged_stays_created(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Settled("created"))
    queue.put([detected(seen_at=LATER)])
    entry = queue.find(MAC)
    assert entry is not None
    assert (entry.state, entry.phone.seen_at) == (EntryState.CREATED, LATER)


@pytest.mark.parametrize(
    "changed",
    [
        detected(contact_host="192.168.7.99", seen_at=LATER),
        detected(firmware="6.4.0", seen_at=LATER),
        detected(unique_id="KTM4PX", seen_at=LATER),
    ],
    ids=["address", "firmware", "unique ID"],
)
@pytest.mark.parametrize("verdict", [Settled("created"), Rejected("no such model")])
def test_a_phone_that_shows_something_new_waits_again(
    queue: PhoneQueue, changed: DetectedPhone, verdict: Settled | Rejected
) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), verdict)
    queue.put([changed])
    entry = queue.find(MAC)
    assert entry is not None
    assert (entry.state, entry.attempts, entry.phone) == (EntryState.WAITING, 0, changed)


def test_of_two_registers_that_arrive_in_the_wrong_order_the_later_one_counts(queue: PhoneQueue) -> None:
    queue.put([detected(contact_host="192.168.7.99", seen_at=LATER)])
    queue.put([detected(contact_host="192.168.7.31", seen_at=NOON)])
    entry = queue.find(MAC)
    assert entry is not None
    assert entry.phone.contact_host == "192.168.7.99"


def test_a_phone_that_changed_while_it_was_claimed_waits_when_its_claimer_finishes(queue: PhoneQueue) -> None:
    queue.put([detected()])
    entry = claim_one(queue)
    queue.put([detected(contact_host="192.168.7.99", seen_at=LATER)])
    assert queue.claim(limit=1, lease=LEASE) == []
    queue.finish(entry, Settled("created"))
    again = claim_one(queue)
    assert again.phone.contact_host == "192.168.7.99"


def test_a_refused_phone_is_tried_again_when_a_person_says_so(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Rejected("no such model"))
    assert queue.retry(MAC)
    assert claim_one(queue).attempts == 1


def test_a_phone_retried_while_it_is_claimed_is_looked_at_once_more(queue: PhoneQueue) -> None:
    queue.put([detected()])
    entry = claim_one(queue)
    assert queue.retry(MAC)
    queue.finish(entry, Settled("created"))
    assert state_of(queue) is EntryState.WAITING


def test_a_phone_that_is_not_there_cannot_be_retried_or_forgotten(queue: PhoneQueue) -> None:
    assert not queue.retry(MAC)
    assert not queue.forget(MAC)


def test_a_forgotten_phone_is_new_when_it_registers_again(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Settled("created"))
    assert queue.forget(MAC)
    queue.put([detected()])
    assert state_of(queue) is EntryState.WAITING


def test_a_phone_forgotten_while_it_was_claimed_stays_forgotten(queue: PhoneQueue) -> None:
    queue.put([detected()])
    entry = claim_one(queue)
    queue.forget(MAC)
    assert not queue.finish(entry, Settled("created"))
    assert queue.find(MAC) is None


def test_forgetting_created_phones_alone_leaves_a_waiting_one(queue: PhoneQueue) -> None:
    queue.put([detected()])
    assert not queue.forget(MAC, only=EntryState.CREATED)
    assert state_of(queue) is EntryState.WAITING


def test_entries_of_one_state_are_listed_the_first_seen_first(queue: PhoneQueue) -> None:
    queue.put([detected(MAC, seen_at=LATER), detected(OTHER_MAC)])
    assert [entry.phone.tag.mac for entry in queue.entries(EntryState.WAITING)] == [OTHER_MAC, MAC]
    assert queue.entries(EntryState.CREATED) == []


def test_every_state_is_counted_zeros_included(queue: PhoneQueue) -> None:
    queue.put([detected(), detected(OTHER_MAC)])
    claim_one(queue)
    assert queue.counts() == {
        EntryState.WAITING: 1,
        EntryState.CLAIMED: 1,
        EntryState.CREATED: 0,
        EntryState.REFUSED: 0,
    }


def test_phones_that_show_one_id_are_found_the_first_seen_first(queue: PhoneQueue) -> None:
    queue.put([detected(MAC, unique_id="KTM4PX", seen_at=LATER), detected(OTHER_MAC, unique_id="KTM4PX")])
    queue.put([detected(nth_mac(3))])
    showing = queue.showing(detected(unique_id="KTM4PX").tag.unique_id)
    assert [entry.phone.tag.mac for entry in showing] == [OTHER_MAC, MAC]


def test_whoever_asked_to_be_woken_is_woken_after_a_put(queue: PhoneQueue) -> None:
    found_when_woken: list[QueueEntry | None] = []
    queue.on_put(lambda: found_when_woken.append(queue.find(MAC)))
    queue.put([detected()])
    assert [entry is not None for entry in found_when_woken] == [True]


def test_whoever_asked_to_be_woken_is_woken_after_a_retry(queue: PhoneQueue) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Rejected("no such model"))
    found_when_woken: list[EntryState] = []
    queue.on_put(lambda: found_when_woken.append(state_of(queue)))
    queue.retry(MAC)
    assert found_when_woken == [EntryState.WAITING]


def write_by_hand(url: str, column: str, value: str, mac: MacAddress = MAC) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE autoprov_phones SET {column} = :value WHERE mac = :mac"), {"value": value, "mac": mac.hex}
        )
    engine.dispose()


@pytest.mark.parametrize(("column", "value"), [("unique_id", "?"), ("program", "Toaster"), ("software_mac", "none")])
def test_an_entry_that_cannot_be_read_is_refused_and_holds_up_nobody(
    queue: PhoneQueue, url: str, column: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    queue.put([detected()])
    queue.put([detected(OTHER_MAC)])
    write_by_hand(url, column, value)
    assert [entry.phone.tag.mac for entry in queue.claim(limit=10, lease=LEASE)] == [OTHER_MAC]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert queue.counts()[EntryState.REFUSED] == 1
    assert [entry.phone.tag.mac for entry in queue.entries()] == [OTHER_MAC]
    assert queue.find(MAC) is None


def test_an_entry_that_cannot_be_read_is_whole_again_when_its_phone_registers(queue: PhoneQueue, url: str) -> None:
    queue.put([detected()])
    write_by_hand(url, "program", "Toaster")
    assert queue.claim(limit=10, lease=LEASE) == []
    queue.put([detected(seen_at=LATER)])
    assert claim_one(queue).phone == detected(seen_at=LATER)


def test_a_state_that_nobody_knows_hides_no_other_entry(queue: PhoneQueue, url: str) -> None:
    queue.put([detected(), detected(OTHER_MAC)])
    write_by_hand(url, "state", "mislaid")
    assert queue.counts()[EntryState.WAITING] == 1
    assert len(queue.claim(limit=10, lease=LEASE)) == 2


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=1), timedelta(days=365)], ids=str)
def test_a_clock_that_was_set_back_puts_nothing_off(queue: PhoneQueue, clock: HandClock, back: timedelta) -> None:
    queue.put([detected()])
    queue.finish(claim_one(queue), Postponed("later", LATER))
    queue.order(OrderKind.FOLLOW, MAC)
    clock.forward(-back)
    assert claim_one(queue).phone == detected()
    assert len(queue.take_orders(OrderKind.FOLLOW, limit=1, lease=LEASE)) == 1


def test_after_a_clock_was_set_back_what_a_phone_shows_is_news_again(queue: PhoneQueue, clock: HandClock) -> None:
    queue.put([detected()])
    moved = detected(contact_host="192.168.7.99", seen_at=clock.forward(timedelta(days=-1)))
    queue.put([moved])
    entry = queue.find(MAC)
    assert entry is not None
    assert entry.phone == moved
