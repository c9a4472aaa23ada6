"""SIPp's phone takes our NOTIFY, and checks by its own arithmetic who sends it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.passwords import OldPassword
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer
from tests.peers.polycom import USER
from tests.peers.sipp_phone import SippPhone
from tests.registrar_plugin.exchange import settings
from tests.registrar_plugin.hosts.site import Site, answer_of, loopback
from tests.registrar_plugin.registrations import eventually, tag

PASSWORD, OLD = "s3cret", "0ld-s3cret"
TAG = tag(1)
SHARED = settings(password=PASSWORD, old_password=OldPassword(OLD, datetime.now(UTC) + timedelta(hours=1)))
both_transports = pytest.mark.parametrize(("transport", "word"), [(Transport.UDP, "u1"), (Transport.TCP, "t1")])


def answer_of_phone(
    folder: Path,
    transport: Transport,
    word: str,
    *,
    password: str = PASSWORD,
    asks_for: str | None = None,
    of: RegistrarSettings = SHARED,
) -> CheckSyncAnswer:
    """What a phone that registered with *password* answers to our check-sync."""
    # T1 of the RFC: a repeated NOTIFY would be taken for the signed one.
    with (
        Site(loopback(transport), settings=of, t1=timedelta(milliseconds=500)) as site,
        SippPhone(
            str(TAG),
            registrar=site.at[0],
            user=USER,
            password=password,
            folder=folder,
            transport=word,
            asks_for=asks_for,
        ),
    ):
        assert eventually(lambda: len(site.accepted) == 1)
        return answer_of(site.registrar.send_check_sync(TAG.mac))


@both_transports
def test_a_phone_says_yes_to_a_check_sync(transport: Transport, word: str, tmp_path: Path) -> None:
    assert answer_of_phone(tmp_path, transport, word) == Answered(200)


@both_transports
@pytest.mark.parametrize("password", [PASSWORD, OLD])
def test_a_phone_that_asks_can_verify_our_answer_by_the_password_that_it_has(
    transport: Transport, word: str, password: str, tmp_path: Path
) -> None:
    assert answer_of_phone(tmp_path, transport, word, password=password, asks_for=password) == Answered(200)


@both_transports
def test_a_phone_that_expects_another_password_would_say_so(transport: Transport, word: str, tmp_path: Path) -> None:
    assert answer_of_phone(tmp_path, transport, word, asks_for="another") == Answered(403)
