import threading

import pytest

from simulated_phone.event_log import DidNotHappenError, EventLog
from simulated_phone.events import Event, happened


def test_an_event_is_one_json_line_and_back() -> None:
    event = happened("fetch", url="http://h/a.cfg", status=None)
    assert event.to_json_line() == '{"event": "fetch", "url": "http://h/a.cfg", "status": null}'
    assert Event.from_json_line(event.to_json_line()) == event


def test_an_event_that_came_before_is_there_at_once() -> None:
    log = EventLog()
    log.record(happened("register", status=401))
    log.record(happened("register", status=200))
    assert log.wait_for("register", status=200).facts["status"] == 200


def test_an_event_that_comes_later_is_waited_for() -> None:
    log = EventLog()
    log.record(happened("boot"))
    later = threading.Timer(0.05, log.record, [happened("boot", mac="2")])
    later.start()
    assert log.wait_for("boot", after=1).facts == {"mac": "2"}
    later.join()


def test_waiting_in_vain_tells_what_came_instead() -> None:
    log = EventLog()
    log.record(happened("boot"))
    with pytest.raises(DidNotHappenError, match='"event": "boot"'):
        log.wait_for("registered", timeout_seconds=0.01)


def test_nobody_waits_for_a_phone_that_has_ended() -> None:
    log = EventLog()
    log.end()
    with pytest.raises(DidNotHappenError):
        log.wait_for("registered", timeout_seconds=60)
