"""Phones that the API cannot look up by their MAC are found without going through all the others each time."""

from collections.abc import Iterator

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.digit_macs import is_taken_for_an_id
from sipxconfig_client.values import AlreadyThere, Created, NewPhone
from sipxconfig_server.records import PhoneRecord
from tests.peers.config_system import ADMIN, ConfigSystem
from tests.peers.faulty_http import FaultyHttp

MAC = MacAddress("001565000001")
OTHER = MacAddress("001565000002")
PHONES = 450


@pytest.fixture
def proxy(system: ConfigSystem) -> Iterator[FaultyHttp]:
    for number in range(PHONES):
        system.inventory.add_phone(PhoneRecord(f"0004f2{number:06x}", "polycomVVX410", None, None))
    with FaultyHttp(system.url) as running:
        yield running


@pytest.fixture
def behind(proxy: FaultyHttp) -> Iterator[SipxconfigClient]:
    client = SipxconfigClient(f"{proxy.url}/sipxconfig", credentials=ADMIN)
    client.capabilities()
    proxy.requests.clear()
    yield client
    client.close()


def new(mac: MacAddress) -> NewPhone:
    return NewPhone(mac, "yealinkPhoneSIPT21P", None, "")


def asked(proxy: FaultyHttp) -> int:
    count = len(proxy.requests)
    proxy.requests.clear()
    return count


@pytest.mark.parametrize(
    ("mac", "is_taken"),
    [("001565000001", True), ("002147483647", True), ("002147483648", False), ("00156500000a", False)],
)
def test_digits_alone_and_small_enough_for_javas_int(mac: str, is_taken: bool) -> None:
    assert is_taken_for_an_id(MacAddress(mac)) is is_taken


def test_a_phone_that_we_created_is_found_by_its_id(behind: SipxconfigClient, proxy: FaultyHttp) -> None:
    assert isinstance(behind.create(new(MAC)), Created)
    assert asked(proxy) == 1
    assert behind.phone(MAC) is not None
    assert asked(proxy) == 1


def test_the_list_is_gone_through_once_and_then_only_what_is_new_in_it(
    behind: SipxconfigClient, proxy: FaultyHttp, system: ConfigSystem
) -> None:
    assert behind.phone(MAC) is None
    assert asked(proxy) == 3
    assert behind.phone(MAC) is None
    assert asked(proxy) == 1
    system.inventory.add_phone(PhoneRecord(str(MAC), "yealinkPhoneSIPT21P", None, None))
    found = behind.phone(MAC)
    assert found is not None
    assert asked(proxy) == 1


def test_a_snapshot_tells_all_of_them(behind: SipxconfigClient, proxy: FaultyHttp, system: ConfigSystem) -> None:
    system.inventory.add_phone(PhoneRecord(str(MAC), "yealinkPhoneSIPT21P", None, None))
    list(behind.all_phones())
    asked(proxy)
    assert behind.phone(MAC) is not None
    assert behind.phone(OTHER) is None
    assert asked(proxy) == 2


def test_a_phone_deleted_and_created_anew_is_found_under_its_new_id(
    behind: SipxconfigClient, system: ConfigSystem
) -> None:
    behind.create(new(MAC))
    before = behind.phone(MAC)
    assert before is not None
    for stored in system.inventory.phones()[:PHONES:2]:
        system.inventory.delete_phone(stored.id)
    system.inventory.delete_phone(before.id)
    assert behind.phone(MAC) is None
    behind.create(new(OTHER))
    system.inventory.add_phone(PhoneRecord(str(MAC), "yealinkPhoneSIPT21P", None, None))
    after = behind.phone(MAC)
    assert after is not None
    assert after.id > before.id


def test_a_phone_that_was_given_such_a_mac_later_is_not_created_twice(
    behind: SipxconfigClient, system: ConfigSystem
) -> None:
    assert behind.phone(MAC) is None
    oldest = system.inventory.phones()[0]
    system.inventory.replace_phone(oldest.id, PhoneRecord(str(MAC), "polycomVVX410", None, "renamed"))
    answer = behind.create(new(MAC))
    assert isinstance(answer, AlreadyThere)
    assert answer.phone.id == oldest.id
