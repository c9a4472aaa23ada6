"""A real Kamailio sends our check-syncs."""

import socket
from collections.abc import Generator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.resync.check_sync import Answered, CheckSyncAnswer, NotSent, Unanswered
from registrar_plugin.resync.kamailio import KamailioResync
from registrar_plugin.resync.kamailio_rpc import KamailioRpc, RpcRefused, RpcUnreachable
from registrar_plugin.resync.places import NotKnownNow
from registrar_plugin.sip.via import Address
from tests.peers.kamailio import Kamailio, kamailio
from tests.registrar_plugin.notified_phone import notified_phone
from tests.registrar_plugin.registrations import tag

MAC = tag(1).mac
TIMEOUT = timedelta(seconds=20)


@pytest.fixture(scope="module")
def pbx() -> Generator[Kamailio]:
    with kamailio({"200": "x"}) as running:
        yield running


def rpc(pbx: Kamailio) -> KamailioRpc:
    return KamailioRpc(str(pbx.folder / "rpc"), timeout=TIMEOUT)


def answer_by(
    of: KamailioRpc,
    *,
    source: Address | None = None,
    users: Sequence[str] = (),
    last_seen_at: Address | None = None,
) -> CheckSyncAnswer:
    resync = KamailioResync(
        of,
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


def test_a_phone_without_a_line_hears_it_from_kamailio_where_it_registered_from(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone:
        assert answer_by(rpc(pbx), source=phone.address) == Answered(200)
    (heard,) = phone.heard
    assert heard.startswith(f"NOTIFY sip:~~id~autoprovision@127.0.0.1:{phone.address[1]} SIP/2.0".encode())
    assert f"Via: SIP/2.0/UDP 127.0.0.1:{pbx.address[1]}".encode() in heard
    assert b"\r\nEvent: check-sync\r\n" in heard


def test_a_phone_with_a_line_hears_it_as_that_lines_user(pbx: Kamailio) -> None:
    with notified_phone("202 Accepted") as phone:
        register(pbx, "201", phone.address)
        assert answer_by(rpc(pbx), users=["201"]) == Answered(202)
    assert phone.heard[0].startswith(b"NOTIFY sip:201@127.0.0.1")


def test_a_phone_whose_line_was_taken_away_hears_it_where_it_was_last_seen(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone:
        assert answer_by(rpc(pbx), last_seen_at=phone.address) == Answered(200)


def test_a_phone_that_registered_with_us_is_told_there_alone_whatever_line_it_had(pbx: Kamailio) -> None:
    with notified_phone("200 OK") as phone, notified_phone("202 Accepted") as colleague:
        register(pbx, "202", colleague.address)
        assert answer_by(rpc(pbx), source=phone.address, users=["202"]) == Answered(200)
    assert (len(phone.heard), colleague.heard) == (1, [])


def test_what_the_phone_refuses_is_told(pbx: Kamailio) -> None:
    with notified_phone("481 Subscription Does Not Exist") as phone:
        assert answer_by(rpc(pbx), source=phone.address) == Answered(481)


def test_a_user_who_is_not_registered_there_is_told(pbx: Kamailio) -> None:
    answer = answer_by(rpc(pbx), users=["299"])
    assert isinstance(answer, NotSent)
    assert answer.reason.startswith("Kamailio says to ul.lookup")


def test_a_phone_that_nobody_saw_and_that_has_no_line_is_not_registered(pbx: Kamailio) -> None:
    assert answer_by(rpc(pbx)) is Unanswered.NOT_REGISTERED


def test_a_kamailio_that_is_not_there_is_said(tmp_path: Path) -> None:
    nobody = KamailioRpc(str(tmp_path / "rpc"), timeout=TIMEOUT)
    answer = answer_by(nobody, source=("127.0.0.1", 9))
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
