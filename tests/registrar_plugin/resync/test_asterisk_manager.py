"""What is not Asterisk, or no Asterisk that answers; what a real one does: ``make test-asterisk``."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread

import pytest

from registrar_plugin.resync.asterisk import AsteriskResync
from registrar_plugin.resync.asterisk_manager import AsteriskManager, ManagerAccount, ManagerRefused, ManagerUnreachable
from registrar_plugin.resync.check_sync import CheckSyncAnswer, NotSent, PassedOn, Unanswered
from registrar_plugin.sip.via import Address
from tests.registrar_plugin.registrations import tag

MAC = tag(1).mac
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
WELCOME = b"Response: Success\r\nChallenge: 1\r\n\r\nEvent: FullyBooted\r\n\r\nResponse: Success\r\n\r\n"


@contextmanager
def who_says(text: bytes) -> Generator[ManagerAccount]:
    """A server that says this to whoever comes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as connection:
                connection.sendall(text)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield ManagerAccount("127.0.0.1", server.getsockname()[1], "autoprov", "m4nager")
        thread.join()


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


def test_a_line_break_in_a_value_cannot_make_an_action_of_its_own() -> None:
    refused = pytest.raises(ManagerRefused, match="Endpoint cannot be written")
    with who_says(BANNER + WELCOME) as account, AsteriskManager(account) as manager, refused:
        manager.carry_out(("Action", "PJSIPNotify"), ("Endpoint", "200\r\nAction: Command"))


def asked(
    account: ManagerAccount, *, registered_at: Address | None = None, last_seen_at: Address | None = None
) -> CheckSyncAnswer:
    """What becomes of a re-sync of a phone without a line."""
    resync = AsteriskResync(
        account,
        user="~~id~autoprovision",
        registered_at=lambda _: registered_at,
        users_of=lambda _: (),
        last_seen_at=lambda _: last_seen_at,
    )
    return resync.ask(MAC)


def test_a_phone_that_nobody_saw_is_not_registered() -> None:
    assert asked(ManagerAccount("127.0.0.1", 9, "autoprov", "m4nager")) is Unanswered.NOT_REGISTERED


def test_a_phone_whose_line_was_taken_away_is_told_where_it_was_last_seen() -> None:
    answer = b"Response: Success\r\nMessage: NOTIFY sent\r\n\r\n"
    with who_says(BANNER + WELCOME + answer) as account:
        assert asked(account, last_seen_at=("192.0.2.31", 5060)) == PassedOn("Asterisk")


def test_no_asterisk_is_an_answer_and_its_secret_is_not_in_it() -> None:
    account = ManagerAccount("127.0.0.1", 9, "autoprov", "m4nager")
    answer = asked(account, registered_at=("192.0.2.31", 5060))
    assert isinstance(answer, NotSent)
    assert answer.reason == "Asterisk's manager at 127.0.0.1:9: Connection refused"
    assert "m4nager" not in repr(account)
