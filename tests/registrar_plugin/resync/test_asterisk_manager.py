"""What is not Asterisk, or no Asterisk that answers; what a real one does: ``make test-asterisk``."""

from datetime import timedelta

import pytest

from registrar_plugin.resync.asterisk_manager import AsteriskManager, ManagerRefused, ManagerUnreachable
from tests.registrar_plugin.scripted_manager import BANNER, WELCOME, who_drips, who_says


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"220 mail.example.org ESMTP\r\n", "no Asterisk"),
        (b"", "it hung up"),
        (BANNER, "it hung up"),
        (BANNER + b"Response: Succ", "it hung up"),
        (BANNER + b"Event: Noise\r\n\r\n" * 200, "does not end"),
    ],
)
def test_what_does_not_speak_as_a_manager_is_unreachable(said: bytes, reason: str) -> None:
    with who_says(said) as account, pytest.raises(ManagerUnreachable, match=reason), AsteriskManager(account):
        pass


def test_one_whose_bytes_drip_is_left_when_the_time_is_over() -> None:
    late = pytest.raises(ManagerUnreachable, match=r"takes too long|timed out")
    with who_drips() as account, late, AsteriskManager(account, in_all=timedelta(milliseconds=300)):
        pass


def test_a_line_that_does_not_end_is_not_kept() -> None:
    endless = pytest.raises(ManagerUnreachable, match="does not end")
    with who_says(BANNER + b"Response: " + b"x" * 10_000) as account, endless, AsteriskManager(account):
        pass


def test_a_login_that_is_refused_is_for_a_person() -> None:
    said = (
        BANNER + b"Response: Success\r\nChallenge: 1\r\n\r\nResponse: Error\r\nMessage: Authentication failed\r\n\r\n"
    )
    with who_says(said) as account, pytest.raises(ManagerRefused, match="Authentication failed"):
        AsteriskManager(account).__enter__()


def test_events_between_the_answers_are_passed_over() -> None:
    answer = b"Response: Success\r\nMessage: NOTIFY sent\r\n\r\n"
    with who_says(BANNER + WELCOME + answer) as account, AsteriskManager(account) as manager:
        assert manager.carry_out(("Action", "PJSIPNotify"))["message"] == "NOTIFY sent"


def test_what_an_event_says_is_not_in_the_answer() -> None:
    told = b"Event: PeerStatus\r\nPeer: PJSIP/200\r\n\r\nResponse: Success\r\n\r\n"
    with who_says(BANNER + WELCOME + told) as account, AsteriskManager(account) as manager:
        assert manager.carry_out(("Action", "Ping")) == {"response": "Success"}


def test_a_line_break_in_a_value_cannot_make_an_action_of_its_own() -> None:
    refused = pytest.raises(ManagerRefused, match="Endpoint cannot be written")
    with who_says(BANNER + WELCOME) as account, AsteriskManager(account) as manager, refused:
        manager.carry_out(("Action", "PJSIPNotify"), ("Endpoint", "200\r\nAction: Command"))
