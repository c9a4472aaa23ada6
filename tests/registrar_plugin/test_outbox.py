from dataclasses import replace
from datetime import datetime, timedelta

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.phone_software import PhoneSoftware
from registrar_plugin.outbox import Outbox
from tests.registrar_plugin.registrations import NOW, tag

HOUR = timedelta(hours=1)
BOOT = "c7f6bc72e0778e72f7055172226c01d1"


def phone(number: int = 1, *, host: str = "192.0.2.31", at: datetime = NOW) -> DetectedPhone:
    return DetectedPhone(tag(number), PhoneSoftware("polycom", "VVX", "VVX_410", "5.9.5.0614"), host, at)


def test_the_newest_of_each_phone_waits() -> None:
    outbox = Outbox(remember_for=HOUR, limit=10)
    newer = replace(phone(1), contact_host="192.0.2.99")
    for each in (phone(1), phone(2), newer):
        assert outbox.add(each, call_id=BOOT)
    assert outbox.waiting(10) == [phone(2), newer]
    assert outbox.waiting(1) == [phone(2)]


def test_a_refresh_of_a_delivered_phone_is_no_news_for_a_while() -> None:
    outbox = Outbox(remember_for=HOUR, limit=10)
    outbox.add(phone(), call_id=BOOT)
    outbox.delivered([phone()])
    assert outbox.waiting(10) == []
    assert not outbox.add(phone(at=NOW + HOUR - timedelta(seconds=1)), call_id=BOOT)
    assert outbox.add(phone(at=NOW + HOUR), call_id=BOOT), "somebody may have deleted it"


def test_a_delivered_phone_that_shows_something_else_is_news() -> None:
    outbox = Outbox(remember_for=HOUR, limit=10)
    outbox.add(phone(), call_id=BOOT)
    outbox.delivered([phone()])
    assert outbox.add(phone(host="192.0.2.99"), call_id=BOOT)
    assert outbox.add(phone(), call_id=BOOT), "what waits is not yet delivered"
    assert outbox.waiting(10) == [phone()]


def test_the_longest_waiting_is_lost_first_and_counted() -> None:
    outbox = Outbox(remember_for=HOUR, limit=2)
    for number in (1, 2, 3):
        outbox.add(phone(number), call_id=BOOT)
    assert (outbox.waiting(10), outbox.lost) == ([phone(2), phone(3)], 1)


def test_a_phone_that_booted_is_news_for_somebody_may_have_deleted_it() -> None:
    outbox = Outbox(remember_for=HOUR, limit=10)
    outbox.add(phone(), call_id=BOOT)
    outbox.delivered([phone()])
    assert outbox.add(phone(), call_id="another boot")
    outbox.delivered([phone()])
    assert not outbox.add(phone(), call_id="another boot")
