import logging
from collections.abc import Generator
from datetime import timedelta

import pytest

from autoprov_sightings.sighting import Sighting, Stage
from registrar_plugin.hosts.embedded import EmbeddedRegistrar
from registrar_plugin.hosts.listener import Listener, Transport
from registrar_plugin.registration import WrongPassword
from registrar_plugin.wrong_passwords import PHONES_OF_ONE_ADDRESS, TELL_EVERY, WrongPasswordReports
from tests.peers.polycom import PASSWORD, USER, USER_AGENT, credentials, register
from tests.registrar_plugin.exchange import NOW, Exchange, settings
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import eventually, tag

MAC = "0004f2abcdef"


class Desk:
    """Where wrong passwords are told."""

    def __init__(self, *, limit: int = 10_000) -> None:
        self.now = NOW
        self.sightings: list[Sighting] = []
        self.reports = WrongPasswordReports(self.sightings.append, limit=limit)

    def take(self, display_name: str, host: str = "192.0.2.31", *, user_agent: str = USER_AGENT) -> None:
        self.reports.take(WrongPassword(display_name, user_agent, (host, 5060), self.now))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def warnings(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.__dict__ for record in caplog.records if record.levelno == logging.WARNING]


def test_a_phone_is_told_once_an_hour(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        desk.take(str(tag(1)))
        desk.now += TELL_EVERY / 90
    assert [(seen.mac, seen.stage, seen.verdict, seen.address) for seen in desk.sightings] == [
        (tag(1).mac, Stage.REGISTER, "wrong password", "192.0.2.31")
    ] * 2
    assert [(said["message"], said["mac"], said["address"], said["user_agent"]) for said in warnings(caplog)] == [
        ("phone registers with a wrong password", str(tag(1).mac), "192.0.2.31", USER_AGENT)
    ] * 2


def test_only_so_many_are_remembered() -> None:
    desk = Desk(limit=2)
    for host in ("192.0.2.31", "192.0.2.32", "192.0.2.33", "192.0.2.33", "192.0.2.31"):
        desk.take("Ada", host)
    assert [seen.address for seen in desk.sightings] == ["192.0.2.31", "192.0.2.32", "192.0.2.33", "192.0.2.31"]


def test_phones_behind_one_address_are_told_apart_and_strangers_by_their_address(desk: Desk) -> None:
    for name in (str(tag(1)), str(tag(2)), "Ada", ""):
        desk.take(name)
    desk.take("Ada", "192.0.2.32")
    assert [(seen.mac, seen.address) for seen in desk.sightings] == [
        (tag(1).mac, "192.0.2.31"),
        (tag(2).mac, "192.0.2.31"),
        (None, "192.0.2.31"),
        (None, "192.0.2.32"),
    ]


def test_who_says_anothers_mac_does_not_hide_that_other(desk: Desk) -> None:
    desk.take(str(tag(1)), "198.51.100.7")
    desk.take(str(tag(1)), "192.0.2.31")
    assert [seen.address for seen in desk.sightings] == ["198.51.100.7", "192.0.2.31"]


def test_who_guesses_fills_neither_log_nor_timeline(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(5 * PHONES_OF_ONE_ADDRESS):
        desk.take(str(tag(number)))
    assert len(desk.sightings) == PHONES_OF_ONE_ADDRESS
    assert len(warnings(caplog)) == PHONES_OF_ONE_ADDRESS + 1
    assert warnings(caplog)[-1]["message"] == "wrong passwords of many phones at one address, no more are named"
    desk.take(str(tag(1)), "192.0.2.32")
    assert len(desk.sightings) == PHONES_OF_ONE_ADDRESS + 1


def test_a_user_agent_is_told_in_printable_characters(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.take("", user_agent="evil\r\n\x17phone" + "x" * 1000)
    (said,) = warnings(caplog)
    assert str(said["user_agent"]).startswith("evil???phonexxx")
    assert len(str(said["user_agent"])) == 120


@pytest.fixture
def registrar() -> Generator[tuple[UdpPhone, Desk]]:
    desk = Desk()
    running = EmbeddedRegistrar(
        settings(),
        listeners=[Listener(Transport.UDP, "127.0.0.1", 0)],
        on_accepted=lambda _: None,
        on_wrong_password=desk.reports.take,
        clock=lambda: desk.now,
    )
    (address,) = running.start()
    with UdpPhone(address) as phone:
        yield phone, desk
    running.stop()


def test_a_real_phone_with_a_wrong_password_is_found_in_log_and_timeline_but_no_secret(
    registrar: tuple[UdpPhone, Desk], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone, desk = registrar
    statuses = [phone.register(password="guess1234", cseq=2 * number + 1)[8:11] for number in range(8)]
    assert statuses == [b"401"] * 5 + [b"403"] * 3
    assert phone.register(cseq=50).startswith(b"SIP/2.0 200 ")
    assert eventually(lambda: len(desk.sightings) == 1)
    (seen,), (said,) = desk.sightings, warnings(caplog)
    assert (str(seen.mac), seen.verdict, seen.address) == (MAC, "wrong password", "127.0.0.1")
    assert said["mac"] == MAC
    told = f"{desk.sightings} {[record.__dict__ for record in caplog.records]}"
    for secret in ("guess1234", PASSWORD, "Digest", "nonce", "response="):
        assert secret not in told


def wrong_passwords(phone: Exchange, **changes: str) -> int:
    """How many come of one request with a wrong password."""
    outcome = phone.send(phone_request(phone, **changes))
    return int(outcome.wrong_password is not None)


def phone_request(phone: Exchange, *, password: str = "wrong", username: str = "", nonce: str = "") -> bytes:
    challenge = phone.challenge()
    phone.requests += 1
    answer = credentials(
        {**challenge, "nonce": nonce or challenge["nonce"]}, password=password, username=username or USER
    )
    return register(branch=f"z9hG4bK{phone.requests}", cseq=phone.requests, authorization=answer)


def test_only_who_answered_a_challenge_of_ours_is_told_of() -> None:
    phone = Exchange()
    assert wrong_passwords(phone) == 1
    assert wrong_passwords(phone, username="alice") == 1
    assert wrong_passwords(phone, password=PASSWORD) == 0
    assert wrong_passwords(phone, nonce="0" * 52) == 0, "its address may be anybody's"
    assert phone.send(phone_request(phone).replace(b"Digest", b"Basic")).wrong_password is None


def test_an_old_nonce_with_a_wrong_password_is_asked_again_first() -> None:
    phone = Exchange()
    request = phone_request(phone)
    phone.now += timedelta(minutes=6)
    outcome = phone.send(request)
    assert outcome.reply is not None
    assert outcome.reply.payload.startswith(b"SIP/2.0 401 ")
    assert b"stale=true" not in outcome.reply.payload
    assert outcome.wrong_password is None


def test_a_retransmission_is_not_told_again() -> None:
    phone = Exchange()
    request = phone_request(phone)
    assert [phone.send(request).wrong_password is not None for _ in range(3)] == [True, False, False]
