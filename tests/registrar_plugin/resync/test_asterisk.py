"""Whom Asterisk is asked to notify; whether a real one does: ``make test-asterisk``."""

import re
from collections.abc import Sequence

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.asterisk import AsteriskResync
from registrar_plugin.resync.asterisk_manager import ManagerAccount
from registrar_plugin.resync.check_sync import CheckSyncAnswer, NotSent, PassedOn, Unanswered
from registrar_plugin.resync.places import Place
from tests.registrar_plugin.registrations import tag
from tests.registrar_plugin.scripted_manager import BANNER, NOTIFY_SENT, WELCOME, who_says

MAC = tag(1).mac
NOBODY = ManagerAccount("127.0.0.1", 9, "autoprov", "m4nager")


def asked(
    account: ManagerAccount,
    *,
    registered_at: Place | None = None,
    users: Sequence[str] = (),
    last_seen_at: Place | None = None,
) -> CheckSyncAnswer:
    resync = AsteriskResync(
        account,
        user="~~id~autoprovision",
        registered_at=lambda _: registered_at,
        users_of=lambda _: users,
        last_seen_at=lambda _: last_seen_at,
    )
    return resync.ask(MAC)


def notified(
    *, registered_at: Place | None = None, users: Sequence[str] = (), last_seen_at: Place | None = None
) -> list[str]:
    """Who gets a check-sync of the phone that is known so."""
    heard = bytearray()
    with who_says(BANNER + WELCOME + NOTIFY_SENT * 2, heard=heard) as account:
        told = asked(account, registered_at=registered_at, users=users, last_seen_at=last_seen_at)
    assert told == PassedOn("Asterisk")
    wanted = rb"Action: PJSIPNotify\r\n(\S+: \S+)\r\nVariable: Event=check-sync\r\n\r\n"
    return [target.decode() for target in re.findall(wanted, heard)]


def test_a_phone_without_a_line_is_told_where_it_registered_from_whatever_else_is_known() -> None:
    assert notified(
        registered_at=Place(("192.0.2.31", 5062)), users=["200"], last_seen_at=Place(("192.0.2.9", 5060))
    ) == ["URI: sip:~~id~autoprovision@192.0.2.31:5062"]


def test_a_phone_at_a_connection_is_told_by_its_transport() -> None:
    assert notified(registered_at=Place(("192.0.2.31", 40123), Transport.TLS)) == [
        "URI: sip:~~id~autoprovision@192.0.2.31:40123;transport=tls"
    ]


def test_a_phone_with_lines_is_told_as_the_user_of_each() -> None:
    assert notified(users=["200", "201"], last_seen_at=Place(("192.0.2.9", 5060))) == ["Endpoint: 200", "Endpoint: 201"]


def test_a_phone_whose_line_was_taken_away_is_told_where_it_was_last_seen() -> None:
    assert notified(last_seen_at=Place(("192.0.2.31", 5060))) == ["URI: sip:~~id~autoprovision@192.0.2.31:5060"]


def test_a_phone_that_nobody_saw_is_not_registered() -> None:
    assert asked(NOBODY) is Unanswered.NOT_REGISTERED


def test_no_asterisk_is_an_answer_and_its_secret_is_not_in_it() -> None:
    answer = asked(NOBODY, registered_at=Place(("192.0.2.31", 5060)))
    assert isinstance(answer, NotSent)
    assert answer.reason == "Asterisk's manager at 127.0.0.1:9: Connection refused"
    assert "m4nager" not in repr(NOBODY)
