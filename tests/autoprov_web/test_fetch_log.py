import logging
from datetime import UTC, datetime

import pytest

from autoprov_phones.user_agents import recognise
from autoprov_sightings.sighting import Sighting
from autoprov_web.access import OUTSIDE
from autoprov_web.fetch_log import FetchLog, user_agent_told
from autoprov_web.fetch_report import FetchReport
from autoprov_web.rate_table import TOO_MANY_PHONES, TOO_MANY_REQUESTS

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp()


def told_later(log: FetchLog, address: str, reason: str, *, at: float = NOON) -> None:
    log.note(FetchReport(at, address=address, mac="0004f2abcdef", name="0004f2abcdef.cfg", status=503, verdict=reason))


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    return [(each.levelname, each.__dict__["address"], each.__dict__["reason"]) for each in caplog.records]


def test_a_limit_is_a_warning_with_the_address_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Sighting] = []
    log = FetchLog(seen.append)
    with caplog.at_level(logging.INFO):
        for at in (NOON, NOON + 1, NOON + 61):
            told_later(log, "192.168.9.1", TOO_MANY_PHONES, at=at)
        told_later(log, "192.168.9.2", TOO_MANY_PHONES)
    first, second = ("WARNING", "192.168.9.1", TOO_MANY_PHONES), ("WARNING", "192.168.9.2", TOO_MANY_PHONES)
    assert lines(caplog) == [first, first, second]
    assert len(seen) == 4


def test_any_other_503_is_told_with_the_phone_and_its_address(caplog: pytest.LogCaptureFixture) -> None:
    log = FetchLog(lambda _: None)
    with caplog.at_level(logging.INFO):
        told_later(log, "192.168.7.31", "discovery is closed")
    assert lines(caplog) == [("INFO", "192.168.7.31", "discovery is closed")]
    assert caplog.records[0].__dict__["mac"] == "0004f2abcdef"


def test_a_flood_of_addresses_is_not_remembered_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    log = FetchLog(lambda _: None)
    with caplog.at_level(logging.WARNING):
        for number in range(1001):
            told_later(log, f"10.0.{number // 256}.{number % 256}", TOO_MANY_PHONES)
        told_later(log, "10.0.0.0", TOO_MANY_PHONES)
    assert lines(caplog)[-1] == ("WARNING", "10.0.0.0", TOO_MANY_PHONES)


def test_who_asks_without_end_does_not_push_others_out_of_the_timeline() -> None:
    seen: list[Sighting] = []
    log = FetchLog(seen.append)
    for _ in range(1000):
        told_later(log, "192.168.9.1", TOO_MANY_REQUESTS)
    assert len(seen) == 10
    for number in range(1000):
        told_later(log, f"203.0.113.{number}", OUTSIDE)
    assert len(seen) == 60
    told_later(log, "192.168.7.31", "discovery is closed")
    assert len(seen) == 61
    told_later(log, "192.168.9.1", TOO_MANY_REQUESTS, at=NOON + 60)
    assert len(seen) == 62


def detail_of(user_agent: str) -> str:
    """What the timeline says of a fetch by who calls himself so."""
    told: list[Sighting] = []
    FetchLog(told.append).note(
        FetchReport(
            NOON,
            address="192.0.2.1",
            mac="0004f2abcdef",
            name="0004f2abcdef.cfg",
            status=200,
            verdict="",
            user_agent=user_agent,
        )
    )
    return told[0].detail


@pytest.mark.parametrize(
    "user_agent",
    [
        "FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 (SN:64167f5d0410) Type/Application",
        "FileTransport PolycomSoundPointIP-SPIP_335-UA/3.2.3.0157",
        "FileTransport PolycomSoundStationIP-SSIP_6000-UA/3.3.5.0247_0004f2f18103",
        "FileTransport PolycomRealPresenceTrio-Trio_8800-UA/5.4.3.2007",
        "FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application",
        "FileTransport PolycomVVX-VVX_300-UA/",
    ],
)
def test_a_fetch_tells_later_which_phone_it_was(user_agent: str) -> None:
    detail = detail_of(user_agent)
    was, now = recognise(user_agent), recognise(user_agent_told(detail))
    assert was is not None
    assert now is not None
    assert (now.vendor, now.family, now.model, now.firmware) == (was.vendor, was.family, was.model, was.firmware)


@pytest.mark.parametrize(
    "user_agent", ["", "curl/7.88", "a, b, VVX", "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater"]
)
def test_a_fetch_of_somebody_else_or_of_an_updater_tells_no_phone(user_agent: str) -> None:
    assert user_agent_told(detail_of(user_agent)) == ""
