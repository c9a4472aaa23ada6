"""A real Kamailio sends our check-syncs."""

import json
import socket
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, ToldSeveral, Unanswered
from registrar_plugin.resync.kamailio import KamailioResync
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable
from registrar_plugin.resync.places import NotKnownNow, Place
from registrar_plugin.resync.thread import in_own_thread
from registrar_plugin.sip.via import Address
from tests.peers.kamailio import CONFIG, Kamailio, kamailio
from tests.registrar_plugin.hosts.site import StreamPhone, answer_of
from tests.registrar_plugin.notified_phone import notified_phone
from tests.registrar_plugin.registrations import eventually, tag

MAC = tag(1).mac
TIMEOUT = timedelta(seconds=20)
ONE_ANSWER = timedelta(seconds=3)
"""Longer than this Kamailio waits for a phone, a second."""
_IMPATIENT = 'modparam("tm", "fr_timer", 1000)\nloadmodule "jsonrpcs.so"'
_WITH_TCP = "listen=tcp:@ADDRESS@:@PORT@"


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Generator[Kamailio]:
    template = tmp_path_factory.mktemp("kamailio") / "impatient.cfg"
    text = CONFIG.read_text("utf-8").replace('loadmodule "jsonrpcs.so"', _IMPATIENT)
    template.write_text(text.replace("disable_tcp=yes", _WITH_TCP), "utf-8")
    with kamailio({"200": "x"}, template=template) as running:
        yield running


def rpc(pbx: Kamailio) -> KamailioRpc:
    return KamailioRpc(str(pbx.folder / "rpc"), timeout=TIMEOUT)


def answer_by(
    of: KamailioRpc,
    *,
    source: Place | None = None,
    users: Sequence[str] = (),
    last_seen_at: Place | None = None,
    in_all: timedelta = TIMEOUT,
) -> CheckSyncAnswer:
    resync = KamailioResync(
        of,
        in_all=in_all,
        one_answer=ONE_ANSWER,
        user="~~id~autoprovision",
        domain="pbx.test",
        registered_at=lambda _: source,
        users_of=lambda _: users,
        last_seen_at=lambda _: last_seen_at,
    )
    return resync.ask(MAC)


def register(pbx: Kamailio, user: str, phone: Address) -> None:
    host, port = phone
    rpc(pbx).call("ul.add", "location", user, f"sip:{user}@{host}:{port}", "300", "1.0", "", "0", "0", "0")


def uri(user: str, phone: Address) -> str:
    return f"sip:{user}@{phone[0]}:{phone[1]}"


def test_a_phone_without_a_line_hears_it_from_kamailio_where_it_registered_from(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone:
        assert answer_by(rpc(pbx), source=Place(phone.address)) == Answered(200)
    (heard,) = phone.heard
    assert heard.startswith(f"NOTIFY sip:~~id~autoprovision@127.0.0.1:{phone.address[1]} SIP/2.0".encode())
    assert f"Via: SIP/2.0/UDP 127.0.0.1:{pbx.address[1]}".encode() in heard
    assert b"\r\nEvent: check-sync\r\n" in heard


def test_a_phone_that_registered_over_tcp_hears_it_on_its_connection(pbx: Kamailio) -> None:
    with StreamPhone(pbx.address) as phone:
        phone.send(phone.request())
        assert phone.receive().startswith(b"SIP/2.0 401")  # from now on Kamailio knows its connection
        answer = in_own_thread(lambda _: answer_by(rpc(pbx), source=Place(phone.address, Transport.TCP)), MAC)
        notify = phone.receive()
        phone.answer(notify, "200 OK")
        assert answer_of(answer) == Answered(200)
    assert notify.startswith(f"NOTIFY sip:~~id~autoprovision@{phone.source};transport=tcp SIP/2.0\r\n".encode())


def test_a_phone_that_closed_its_connection_is_not_reached(pbx: Kamailio) -> None:
    with StreamPhone(pbx.address) as phone:
        phone.send(phone.request())
        phone.receive()
    answer = answer_by(rpc(pbx), source=Place(phone.address, Transport.TCP))
    assert not isinstance(answer, Answered) or answer.status >= 400


def test_a_phone_with_a_line_hears_it_as_that_lines_user(pbx: Kamailio) -> None:
    with notified_phone("202 Accepted") as phone:
        register(pbx, "201", phone.address)
        assert answer_by(rpc(pbx), users=["201"]) == Answered(202)
    assert phone.heard[0].startswith(b"NOTIFY sip:201@127.0.0.1")


def test_a_phone_whose_line_was_taken_away_hears_it_where_it_was_last_seen(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone:
        assert answer_by(rpc(pbx), last_seen_at=Place(phone.address)) == Answered(200)


def test_a_phone_that_registered_with_us_is_told_there_alone_whatever_line_it_had(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone, notified_phone("202 Accepted") as colleague:
        register(pbx, "202", colleague.address)
        assert answer_by(rpc(pbx), source=Place(phone.address), users=["202"]) == Answered(200)
    assert (len(phone.heard), colleague.heard) == (1, [])


def test_of_several_contacts_those_that_do_not_answer_are_named(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone, notified_phone() as silent, notified_phone("481 No") as refusing:
        for each in (phone, silent, refusing):
            register(pbx, "203", each.address)
        answer = answer_by(rpc(pbx), users=["203"])
    assert isinstance(answer, ToldSeveral)
    assert (answer.accepted, answer.not_waited_for) == (1, 0)
    assert set(answer.others) == {
        f"{uri('203', silent.address)} did not answer",
        f"{uri('203', refusing.address)} answered 481",
    }


def test_a_line_that_is_registered_nowhere_yet_keeps_the_phones_other_line_from_nothing(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone:
        register(pbx, "205", phone.address)
        answers = [answer_by(rpc(pbx), users=users) for users in (["205", "298"], ["298", "205"])]
    assert len(phone.heard) == 2
    not_found = "user 298: Kamailio says to ul.lookup: AOR not found in location table"
    assert answers == [ToldSeveral(1, 0, (not_found,))] * 2


def test_where_none_of_its_lines_is_registered_each_is_named(pbx: Kamailio) -> None:
    answer = answer_by(rpc(pbx), users=["297", "298"])
    assert isinstance(answer, NotSent)
    assert ["user 297: " in answer.reason, "user 298: " in answer.reason] == [True, True]


def test_lookups_that_nobody_answers_use_up_no_more_than_the_whole_time() -> None:
    with notified_phone() as deaf:
        answer = answer_by(KamailioRpc(deaf.address, timeout=TIMEOUT), users=list("1234"), in_all=ONE_ANSWER / 2)
    assert len(deaf.heard) == 1  # it used the time up
    assert isinstance(answer, NotSent)
    assert answer.reason.count("the time for all of them was over") == 3


def test_silent_contacts_do_not_use_up_the_time_of_the_others(pbx: Kamailio) -> None:
    with ExitStack() as phones:
        silent = [phones.enter_context(notified_phone()) for _ in range(6)]
        for each in silent:
            register(pbx, "204", each.address)
        answer = answer_by(rpc(pbx), users=["204"], in_all=1.5 * ONE_ANSWER)
        assert eventually(lambda: all(each.heard for each in silent))
    assert isinstance(answer, ToldSeveral)
    assert answer.accepted == 0
    assert answer.not_waited_for
    assert answer.others[0].endswith(" did not answer")


def test_what_the_phone_refuses_is_told(pbx: Kamailio) -> None:
    with notified_phone("481 Subscription Does Not Exist") as phone:
        assert answer_by(rpc(pbx), source=Place(phone.address)) == Answered(481)


def test_a_user_who_is_not_registered_there_is_told(pbx: Kamailio) -> None:
    answer = answer_by(rpc(pbx), users=["299"])
    assert isinstance(answer, NotSent)
    assert answer.reason.startswith("user 299: Kamailio says to ul.lookup")


def test_a_phone_that_nobody_saw_and_that_has_no_line_is_not_registered(pbx: Kamailio) -> None:
    assert answer_by(rpc(pbx)) is Unanswered.NOT_REGISTERED


def test_a_kamailio_that_is_not_there_is_said(tmp_path: Path) -> None:
    nobody = KamailioRpc(str(tmp_path / "rpc"), timeout=TIMEOUT)
    answer = answer_by(nobody, source=Place(("127.0.0.1", 9)))
    assert isinstance(answer, NotSent)
    assert "No such file" in answer.reason


def test_a_config_system_that_cannot_be_asked_is_said(pbx: Kamailio) -> None:
    def unknown(_: object) -> Sequence[str]:
        raise NotKnownNow("the config system does not answer")

    resync = KamailioResync(
        rpc(pbx), user="u", domain="d", registered_at=lambda _: None, users_of=unknown, last_seen_at=lambda _: None
    )
    assert resync.ask(MAC) == NotSent("the config system does not answer")


def test_a_method_that_kamailio_has_not_is_refused_with_its_code(pbx: Kamailio) -> None:
    with pytest.raises(RpcRefused, match=r"made\.up") as refused:
        rpc(pbx).call("made.up")
    assert refused.value.code == 500


def test_who_speaks_no_json_is_unreachable() -> None:
    with notified_phone("200 OK") as phone, pytest.raises(RpcUnreachable):
        KamailioRpc(phone.address, timeout=timedelta(seconds=1)).call("core.version")


def test_a_udp_port_that_nobody_has_is_unreachable() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(RpcUnreachable, match="refused"):
        KamailioRpc(("127.0.0.1", port), timeout=TIMEOUT).call("core.version")


@pytest.mark.parametrize("result", [None, [], {"Contacts": None}, {"Contacts": [{"Contact": {"Address": None}}]}])
def test_a_lookup_in_a_form_that_we_do_not_know_is_said(result: object) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as strange:
        strange.bind(("127.0.0.1", 0))

        def answer_once() -> None:
            request, asker = strange.recvfrom(65_535)
            answer = {"jsonrpc": "2.0", "id": json.loads(request)["id"], "result": result}
            strange.sendto(json.dumps(answer).encode(), asker)

        with ThreadPoolExecutor(1) as threads:
            threads.submit(answer_once)
            answer = answer_by(KamailioRpc(strange.getsockname(), timeout=TIMEOUT), users=["201"])
    assert answer == NotSent("user 201: its answer to ul.lookup has a form that we do not know")
