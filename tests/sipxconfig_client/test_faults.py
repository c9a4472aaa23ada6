"""Between client and server a real proxy fails: what the client says then is the truth, and nothing is doubled."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, Unreachable
from sipxconfig_client.values import AlreadyThere, Created, ExternalLine, NewPhone, UserLine
from sipxconfig_server.records import PhoneRecord
from tests.peers.boot_server import boot_server
from tests.peers.config_system import ADMIN, ConfigSystem
from tests.peers.faulty_http import Fault, FaultyHttp

MAC = MacAddress("0004f2a1b2c3")
NEW = NewPhone(MAC, "polycomVVX410", "polycom5.4.3", "Auto-provisioned")
LOOK_BEFORE = [Fault.NONE, Fault.NONE]
"""GET by MAC, and the list that makes its 404 believed."""
NOT_DONE = [
    Fault.STATUS_500,
    Fault.STATUS_502,
    Fault.STATUS_503,
    Fault.SILENCE_BEFORE,
    Fault.RESET_BEFORE,
    Fault.HTML_200,
    Fault.HTML_404,
    Fault.EMPTY_404,
    Fault.REDIRECT,
]
HARMLESS = (Fault.NONE, Fault.SLOW, Fault.RACE)
DONE = [Fault.STATUS_504_AFTER, Fault.SILENCE_AFTER, Fault.RESET_AFTER, Fault.HALF_ANSWER_AFTER]


@pytest.fixture
def proxy(system: ConfigSystem) -> Iterator[FaultyHttp]:
    with FaultyHttp(system.url) as running:
        yield running


@pytest.fixture
def behind(proxy: FaultyHttp) -> Iterator[SipxconfigClient]:
    client = SipxconfigClient(f"{proxy.url}/sipxconfig", credentials=ADMIN, timeout=timedelta(seconds=1))
    client.capabilities()
    proxy.requests.clear()
    yield client
    client.close()


def posts(proxy: FaultyHttp) -> int:
    return sum(request.startswith("POST") for request in proxy.requests)


@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_create_that_did_not_get_there_is_unreachable_and_may_be_tried_again(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    proxy.faults.extend([*LOOK_BEFORE, fault])
    with pytest.raises(Unreachable):
        behind.create(NEW)
    assert (posts(proxy), proxy.counts[fault]) == (1, 1)
    assert system.inventory.phones() == []
    assert isinstance(behind.create(NEW), Created)
    assert len(system.inventory.phones()) == 1


@pytest.mark.parametrize("fault", DONE)
def test_a_create_whose_answer_was_lost_is_found_by_a_second_look(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    proxy.faults.extend([*LOOK_BEFORE, fault])
    answer = behind.create(NEW)
    (stored,) = system.inventory.phones()
    assert answer == Created(stored.id)
    assert (posts(proxy), proxy.counts[fault]) == (1, 1)


@pytest.mark.parametrize("fault", DONE)
def test_a_lost_answer_followed_by_an_outage_is_unreachable_and_the_next_attempt_finds_the_phone(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    proxy.faults.extend([*LOOK_BEFORE, fault, Fault.RESET_BEFORE])
    with pytest.raises(Unreachable):
        behind.create(NEW)
    assert isinstance(behind.create(NEW), AlreadyThere)
    assert (posts(proxy), len(system.inventory.phones())) == (1, 1)


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (*HARMLESS, Fault.DENIED)])
def test_a_look_that_fails_is_never_an_answer(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", None, "an administrator's"))
    # Whatever stands in for the config system goes on doing so.
    proxy.faults.extend([fault, fault])
    with pytest.raises(Unreachable):
        behind.phone(MAC)
    proxy.faults.clear()
    assert behind.phone(MAC) is not None


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in (*HARMLESS, Fault.DENIED)])
def test_a_list_that_fails_is_never_a_short_list(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    for number in range(5):
        system.inventory.add_phone(PhoneRecord(f"0004f200000{number}", "polycomVVX410", None, None))
    proxy.faults.extend([Fault.NONE, fault])
    with pytest.raises(Unreachable):
        list(behind.all_phones(2))


def test_who_is_denied_must_mend_the_settings(proxy: FaultyHttp, behind: SipxconfigClient) -> None:
    proxy.faults.append(Fault.DENIED)
    with pytest.raises(AccessDenied, match="403"):
        behind.phone(MAC)


def test_a_redirect_is_not_followed_but_told(proxy: FaultyHttp, behind: SipxconfigClient) -> None:
    proxy.faults.append(Fault.REDIRECT)
    with pytest.raises(Unreachable, match=r"redirects to https://elsewhere\.example\.org/"):
        behind.phone(MAC)


# Not half an answer: that to a line is empty.
@pytest.mark.parametrize("fault", DONE[:3])
@pytest.mark.parametrize("line", [UserLine("200"), ExternalLine("ext1", "One", "pw", "sip.example.net", 5070)])
def test_a_line_whose_answer_was_lost_is_there_once(
    fault: Fault,
    line: UserLine | ExternalLine,
    proxy: FaultyHttp,
    behind: SipxconfigClient,
    system: ConfigSystem,
) -> None:
    phone_id = system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", None, None))
    proxy.faults.extend([Fault.NONE, fault])
    behind.add_line(phone_id, line)
    (phone,) = system.inventory.phones()
    assert len(phone.lines) == 1


@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_line_that_was_not_added_is_unreachable(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    phone_id = system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", None, None))
    proxy.faults.extend([Fault.NONE, fault])
    with pytest.raises(Unreachable):
        behind.add_line(phone_id, UserLine("200"))
    (phone,) = system.inventory.phones()
    assert phone.lines == ()


@pytest.mark.parametrize("fault", DONE)
def test_an_update_whose_answer_was_lost_is_done(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", "polycom5.4.3", "old"))
    phone = behind.phone(MAC)
    assert phone is not None
    proxy.faults.extend([Fault.NONE, fault])
    behind.update_description(phone, "new")
    (stored,) = system.inventory.phones()
    assert stored.record == PhoneRecord(str(MAC), "polycomVVX410", "polycom5.4.3", "new")


@pytest.mark.parametrize("fault", NOT_DONE)
def test_an_update_that_was_not_made_is_unreachable(
    fault: Fault, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", "polycom5.4.3", "old"))
    phone = behind.phone(MAC)
    assert phone is not None
    proxy.faults.extend([Fault.NONE, fault])
    with pytest.raises(Unreachable):
        behind.update_description(phone, "new")
    assert behind.phone(MAC) == phone


def test_a_phone_that_somebody_else_creates_between_look_and_create_is_already_there(
    proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    def be_faster(request: str) -> None:
        if request.startswith("POST"):
            system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", None, "an administrator's"))

    proxy.before = be_faster
    answer = behind.create(NEW)
    assert isinstance(answer, AlreadyThere)
    assert answer.phone.description == "an administrator's"


@pytest.mark.parametrize("lies", [1, 2])
def test_a_phone_that_is_there_and_hidden_by_empty_404s_is_never_refused(
    lies: int, proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    """The look before the create, and one or both of those after it."""
    system.inventory.add_phone(PhoneRecord(str(MAC), "polycomVVX410", None, "an administrator's"))
    hidden = [Fault.EMPTY_404, Fault.NONE]
    proxy.faults.extend([*hidden, Fault.NONE, *hidden * lies])
    if lies == 2:
        with pytest.raises(Unreachable, match="taken, but shows no such phone"):
            behind.create(NEW)
    assert isinstance(behind.create(NEW), AlreadyThere)
    assert proxy.counts[Fault.EMPTY_404] == 1 + lies


def test_of_two_creates_at_once_one_is_told_that_the_phone_is_there(
    proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    proxy.faults.extend([*LOOK_BEFORE, Fault.RACE])
    assert isinstance(behind.create(NEW), AlreadyThere)
    assert len(system.inventory.phones()) == 1


def test_a_late_answer_is_an_answer(proxy: FaultyHttp, behind: SipxconfigClient) -> None:
    proxy.faults.extend([Fault.SLOW] * 3)
    assert isinstance(behind.create(NEW), Created)
    assert len(proxy.requests) == 3


def test_a_phone_deleted_between_two_pages_hides_no_other(
    proxy: FaultyHttp, behind: SipxconfigClient, system: ConfigSystem
) -> None:
    ids = [
        system.inventory.add_phone(PhoneRecord(f"0004f20000{number:02x}", "polycomVVX410", None, None))
        for number in range(12)
    ]
    doomed = iter([ids[0], ids[3], ids[4], ids[1]])

    def delete_one(_request: str) -> None:
        phone_id = next(doomed, None)
        if phone_id is not None:
            system.inventory.delete_phone(phone_id)

    proxy.before = delete_one
    seen = [phone.id for phone in behind.all_phones(4)]
    assert set(ids) - {ids[0], ids[1], ids[3], ids[4]} <= set(seen)
    assert len(seen) == len(set(seen))


def test_nobody_listens(tmp_path: Path) -> None:
    client = SipxconfigClient("http://127.0.0.1:9/sipxconfig", credentials=ADMIN)
    with pytest.raises(Unreachable, match="Connection refused"):
        client.create(replace(NEW, mac=MacAddress("0004f2000001")))
    client.close()
    missing = SipxconfigClient("https://127.0.0.1:9/sipxconfig", credentials=ADMIN, ca_file=tmp_path / "missing.pem")
    with pytest.raises(Unreachable):
        missing.models()
    missing.close()


def test_another_phone_than_the_one_asked_for_is_no_answer() -> None:
    other = (
        '{"id":1000,"serialNo":"0004f2000002","deviceVersion":null,"description":null,'
        '"model":{"modelId":"polycomVVX411","label":"x","vendor":null,"versions":null},"lines":null,"groups":null}'
    )
    files = {"/sipxconfig/api/phones/models": '{"models":[]}', "/sipxconfig/api/phones/0004f2000001": other}
    with boot_server(files) as server:
        server.content_type = "application/json"
        client = SipxconfigClient(f"{server.url}sipxconfig", credentials=ADMIN)
        with closing(client), pytest.raises(Unreachable, match="another phone"):
            client.phone(MacAddress("0004f2000001"))
