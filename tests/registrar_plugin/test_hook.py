import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.mac import MacAddress
from autoprov_queue.errors import QueueUnavailable
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.detect import NotOurs
from registrar_plugin.hook import RegistrarHook
from tests.peers.polycom import USER
from tests.registrar_plugin.registrations import KEY, NOW, eventually, registration, tag


@dataclass
class Receiver:
    """Takes what a hook hands over, or says why it cannot."""

    groups: list[list[DetectedPhone]] = field(default_factory=list[list[DetectedPhone]])
    failures: list[Exception] = field(default_factory=list[Exception])
    sightings: list[Sighting] = field(default_factory=list[Sighting])

    def hand_over(self, phones: Sequence[DetectedPhone]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.groups.append(list(phones))

    @property
    def macs(self) -> list[str]:
        return [str(phone.tag.mac) for group in self.groups for phone in group]


@contextmanager
def hook_for(receiver: Receiver, **changes: Any) -> Generator[RegistrarHook]:
    hook = RegistrarHook(
        autoprovision_user=USER,
        key=KEY,
        hand_over=receiver.hand_over,
        retry_on=(QueueUnavailable,),
        saw=receiver.sightings.append,
        retry_after=timedelta(milliseconds=10),
        **changes,
    )
    hook.start()
    try:
        yield hook
    finally:
        hook.stop()


def test_a_phone_is_handed_over_with_what_its_register_said() -> None:
    receiver = Receiver()
    with hook_for(receiver) as hook:
        hook.take_action(registration(1, host="192.0.2.31"))
    (phone,) = receiver.groups[0]
    assert (phone.tag, phone.contact_host, phone.seen_at) == (tag(1), "192.0.2.31", NOW)
    assert hook.counts.handed_over == 1


def test_what_arrives_together_is_handed_over_in_groups() -> None:
    receiver = Receiver()
    hook = RegistrarHook(
        autoprovision_user=USER, key=KEY, hand_over=receiver.hand_over, retry_on=(), saw=receiver.sightings.append
    )
    for number in range(1200):
        hook.take_action(registration(number))
    hook.start()
    hook.stop()
    assert len(set(receiver.macs)) == 1200
    assert len(receiver.groups) == 3


def test_a_refresh_costs_no_second_hand_over_but_is_seen() -> None:
    receiver = Receiver()
    with hook_for(receiver) as hook:
        hook.take_action(registration())
        assert eventually(lambda: hook.counts.handed_over == 1)
        hook.take_action(registration(at=NOW + timedelta(minutes=4)))
    assert receiver.macs == ["0004f2000001"]
    assert hook.counts.unchanged == 1
    assert [(seen.stage, seen.verdict, seen.address) for seen in receiver.sightings] == [
        (Stage.REGISTER, "registered", "192.0.2.31"),
        (Stage.REGISTER, "refreshed", "192.0.2.31"),
    ]


def test_a_phone_with_a_new_address_is_handed_over_again() -> None:
    receiver = Receiver()
    with hook_for(receiver) as hook:
        hook.take_action(registration(host="192.0.2.31"))
        assert eventually(lambda: hook.counts.handed_over == 1)
        hook.take_action(registration(host="192.0.2.99"))
    assert [group[0].contact_host for group in receiver.groups] == ["192.0.2.31", "192.0.2.99"]


def test_a_phone_that_somebody_deleted_comes_back_after_a_while() -> None:
    receiver = Receiver()
    with hook_for(receiver, remember_for=timedelta(hours=1)) as hook:
        hook.take_action(registration())
        assert eventually(lambda: hook.counts.handed_over == 1)
        hook.take_action(registration(at=NOW + timedelta(hours=1)))
    assert len(receiver.groups) == 2


def test_phones_wait_in_memory_while_the_queue_cannot_take_them() -> None:
    receiver = Receiver(failures=[QueueUnavailable("locked")] * 3)
    with hook_for(receiver) as hook:
        hook.take_action(registration(1))
        assert eventually(lambda: hook.counts.failed_hand_overs > 0)
        hook.take_action(registration(1, host="192.0.2.99"))
        assert eventually(lambda: hook.counts.handed_over == 1)
    assert [group[0].contact_host for group in receiver.groups] == ["192.0.2.99"], "the newest, once"


def test_an_unforeseen_error_is_logged_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(failures=[ZeroDivisionError("a bug")])
    with hook_for(receiver) as hook:
        hook.take_action(registration())
        assert eventually(lambda: hook.counts.handed_over == 1)
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


def test_what_was_taken_before_the_stop_is_handed_over() -> None:
    receiver = Receiver(failures=[QueueUnavailable("locked")])
    with hook_for(receiver) as hook:
        for number in range(20):
            hook.take_action(registration(number))
    assert len(receiver.macs) == 20


def test_what_cannot_be_handed_over_at_the_stop_is_said(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(failures=[QueueUnavailable("gone")] * 10_000)
    with hook_for(receiver) as hook:
        hook.take_action(registration())
    assert [record.__dict__["phones"] for record in caplog.records if "at the stop" in record.message] == [1]


def test_a_full_mailbox_loses_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver()
    hook = RegistrarHook(
        autoprovision_user=USER,
        key=KEY,
        hand_over=receiver.hand_over,
        retry_on=(),
        saw=receiver.sightings.append,
        mailbox_size=10,
    )
    for number in range(25):
        hook.take_action(registration(number))
    hook.start()
    hook.stop()
    assert (hook.counts.lost, hook.counts.handed_over) == (15, 10)
    assert any(record.levelno == logging.WARNING and record.__dict__["lost"] == 15 for record in caplog.records)


def test_a_reason_is_counted_and_seen_each_time_and_logged_once_a_phone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receiver = Receiver()
    with hook_for(receiver) as hook:
        for number in (1, 1, 2):
            hook.take_action(replace(registration(number), user_agent="evil\x17phone/1.0"))
    assert hook.counts.not_ours == {NotOurs.UNKNOWN_USER_AGENT: 3}
    assert [seen.verdict for seen in receiver.sightings] == ["not ours"] * 3
    assert receiver.sightings[0].detail == "has a User-Agent that is of no known phone: evil?phone/1.0"
    assert [record.__dict__["mac"] for record in caplog.records] == ["0004f2000001", "0004f2000002"]


def test_other_users_of_a_registrar_are_only_counted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receiver = Receiver()
    with hook_for(receiver) as hook:
        hook.take_action(replace(registration(), user="201", display_name="Ada"))
    assert hook.counts.not_ours == {NotOurs.OTHER_USER: 1}
    assert (receiver.sightings, receiver.groups, caplog.records) == ([], [], [])


def test_a_phone_tag_of_another_user_stands_in_the_phones_timeline(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    receiver = Receiver()
    with hook_for(receiver) as hook:
        hook.take_action(replace(registration(), user="201"))
    assert hook.counts.not_ours == {NotOurs.OTHER_USER: 1}
    assert [(seen.mac, seen.verdict, seen.detail) for seen in receiver.sightings] == [
        (tag(1).mac, "not ours", "registered as another user than the autoprovision user")
    ]
    assert (receiver.groups, len(caplog.records)) == ([], 1)


def test_an_assigned_phone_is_left_alone_and_asked_for_in_the_hooks_own_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    receiver, asked = Receiver(), list[tuple[MacAddress, str]]()

    def is_assigned(mac: MacAddress) -> bool:
        asked.append((mac, current_thread().name))
        return mac == tag(1).mac

    with hook_for(receiver, is_assigned=is_assigned) as hook:
        for number in (1, 2, 1):
            hook.take_action(registration(number))
        hook.take_action(replace(registration(3), user="201", display_name="Ada"))
    assert asked == [(tag(number).mac, "registrar-hook") for number in (1, 2, 1)]
    assert receiver.macs == [str(tag(2).mac)]
    assert hook.counts.not_ours == {NotOurs.ASSIGNED: 2, NotOurs.OTHER_USER: 1}
    seen = [(sighting.mac, sighting.verdict, sighting.detail) for sighting in receiver.sightings]
    assert seen.count((tag(1).mac, "not ours", "is of a phone that has a line, which is left as it is")) == 2
    assert [record.message for record in caplog.records].count("registration is nothing to provision") == 1


def test_a_phone_is_handed_over_once_its_line_is_gone() -> None:
    receiver, assigned = Receiver(), {tag(1).mac}
    with hook_for(receiver, is_assigned=assigned.__contains__) as hook:
        hook.take_action(registration())
        assert eventually(lambda: hook.counts.not_ours == {NotOurs.ASSIGNED: 1})
        assigned.clear()
        hook.take_action(registration(at=NOW + timedelta(minutes=4)))
    assert receiver.macs == [str(tag(1).mac)]


def test_a_detected_phone_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with hook_for(Receiver()) as hook:
        hook.take_action(registration())
    (record,) = caplog.records
    assert (record.message, record.__dict__["unique_id"]) == ("phone detected", str(tag(1).unique_id))


def test_the_queue_of_the_product_takes_what_is_handed_over(tmp_path: Path) -> None:
    queue = PhoneQueue(f"sqlite:///{tmp_path / 'queue.db'}", clock=lambda: NOW)
    try:
        hook = RegistrarHook(
            autoprovision_user=USER,
            key=KEY,
            hand_over=queue.put,
            retry_on=(QueueUnavailable,),
            saw=lambda _: None,
        )
        hook.start()
        hook.take_action(registration())
        hook.stop()
        entry = queue.find(tag(1).mac)
        assert entry is not None
        assert entry.phone.tag == tag(1)
    finally:
        queue.close()
