import socket
from datetime import timedelta

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.check_sync import Answered, NotSent, Unanswered
from registrar_plugin.resync.places import NotKnownNow, Place
from registrar_plugin.resync.source import SourceResync
from registrar_plugin.resync.thread import in_own_thread
from tests.registrar_plugin.hosts.site import response_to
from tests.registrar_plugin.notified_phone import notified_phone
from tests.registrar_plugin.registrations import tag

MAC = tag(1).mac
CHALLENGE = '401 Unauthorized\nWWW-Authenticate: Digest realm="PolycomSPIP", nonce="n", qop="auth", algorithm=MD5'


def by_source(place: Place | None, *, t1: timedelta = timedelta(seconds=1)) -> SourceResync:
    return SourceResync(
        user="~~id~autoprovision",
        domain="pbx.example.org",
        place_of=lambda _: place,
        password_of=lambda _: "s3cret",
        t1=t1,
    )


def test_a_phone_hears_a_check_sync_at_its_own_address_and_its_answer_counts() -> None:
    with notified_phone("200 OK") as phone:
        assert by_source(Place(phone.address)).ask(MAC) == Answered(200)
    (heard,) = phone.heard
    assert heard.startswith(f"NOTIFY sip:~~id~autoprovision@127.0.0.1:{phone.address[1]} SIP/2.0\r\n".encode())
    assert b"\r\nEvent: check-sync\r\n" in heard


def test_a_phone_that_asks_who_we_are_is_told_once() -> None:
    with notified_phone(CHALLENGE, "200 OK") as phone:
        assert by_source(Place(phone.address)).ask(MAC) == Answered(200)
    first, second = phone.heard
    assert b"Authorization" not in first
    assert b'\r\nAuthorization: Digest username="~~id~autoprovision", realm="PolycomSPIP"' in second


def test_a_phone_that_does_not_believe_us_says_so() -> None:
    with notified_phone(CHALLENGE, "403 Forbidden") as phone:
        assert by_source(Place(phone.address)).ask(MAC) == Answered(403)


def test_a_phone_that_is_silent_is_asked_again_and_then_given_up() -> None:
    with notified_phone() as phone:
        assert by_source(Place(phone.address), t1=timedelta(milliseconds=5)).ask(MAC) is Unanswered.NO_ANSWER
    assert len(phone.heard) > 3
    assert len(set(phone.heard)) == 1


def test_a_provisional_answer_is_not_the_last_word() -> None:
    with notified_phone("100 Trying", "200 OK") as phone:
        assert by_source(Place(phone.address), t1=timedelta(milliseconds=100)).ask(MAC) == Answered(200)
    assert len(phone.heard) == 2


def test_an_answer_to_something_else_does_not_count() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(20)
        answer = in_own_thread(by_source(Place(phone.getsockname())).ask, MAC)
        notify, ours = phone.recvfrom(65_535)
        phone.sendto(response_to(notify.replace(b"branch=", b"branch=another"), "200 OK"), ours)
        phone.sendto(response_to(notify, "202 Accepted"), ours)
        assert answer.result(20) == Answered(202)


def test_a_phone_that_nobody_saw_is_not_registered() -> None:
    assert by_source(None).ask(MAC) is Unanswered.NOT_REGISTERED


def test_a_phone_that_registered_over_tcp_is_not_told_at_the_other_end_of_its_connection() -> None:
    with notified_phone("200 OK") as phone:
        answer = by_source(Place(phone.address, Transport.TCP)).ask(MAC)
    assert answer == NotSent("the phone registered over TCP: its connection is its registrar's, not ours")
    assert phone.heard == []


def test_a_place_to_which_nothing_leads_is_said() -> None:
    answer = by_source(Place(("256.0.0.1.invalid", 5060))).ask(MAC)
    assert isinstance(answer, NotSent)
    assert answer.reason.startswith("nothing leads to the phone")


def test_a_timeline_that_cannot_be_read_is_said() -> None:
    def unknown(_: object) -> Place | None:
        raise NotKnownNow("locked")

    sender = SourceResync(user="u", domain="d", place_of=unknown, password_of=lambda _: "")
    assert sender.ask(MAC) == NotSent("locked")
