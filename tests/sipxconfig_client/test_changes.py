"""Taking lines away, deleting, sending profiles: done twice, or with the answer lost, they are done once."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import NotOffered, Unreachable
from sipxconfig_client.values import ExternalLine, NewPhone, Phone, UserLine
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.era import Era
from tests.peers.config_system import ADMIN, ConfigSystem, config_system
from tests.peers.faulty_http import Fault, FaultyHttp
from tests.peers.serving import serving

MAC = MacAddress("0004f2a1b2c3")
LOST = [Fault.RESET_AFTER, Fault.SILENCE_AFTER, Fault.STATUS_504_AFTER]
NOT_DONE = [Fault.RESET_BEFORE, Fault.STATUS_503, Fault.EMPTY_404, Fault.HTML_200, Fault.REDIRECT]
CHANGES: list[Callable[[SipxconfigClient, int], None]] = [SipxconfigClient.remove_lines, SipxconfigClient.delete]


@pytest.fixture
def faulty(system: ConfigSystem) -> Generator[tuple[SipxconfigClient, FaultyHttp]]:
    with FaultyHttp(system.url) as proxy:
        client = SipxconfigClient(f"{proxy.url}/sipxconfig", credentials=ADMIN, timeout=timedelta(seconds=1))
        with closing(client):
            client.capabilities()
            yield client, proxy


def assigned(client: SipxconfigClient) -> Phone:
    client.create(NewPhone(MAC, "polycomVVX410", "polycom5.4.3", ""))
    phone = client.phone(MAC)
    assert phone is not None
    client.add_line(phone.id, UserLine("200"))
    client.add_line(phone.id, ExternalLine("7001", "Desk", "secret", "sip.example.net"))
    return phone


def is_done(client: SipxconfigClient) -> bool:
    phone = client.phone(MAC)
    return phone is None or phone.is_unassigned


@pytest.mark.parametrize("change", CHANGES)
def test_lines_go_and_phones_go_and_what_is_gone_stays_gone(
    client: SipxconfigClient, change: Callable[[SipxconfigClient, int], None]
) -> None:
    phone = assigned(client)
    for _ in range(2):
        change(client, phone.id)
        assert is_done(client)


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("change", CHANGES)
def test_an_answer_that_was_lost_is_found_by_a_second_look(
    faulty: tuple[SipxconfigClient, FaultyHttp], change: Callable[[SipxconfigClient, int], None], fault: Fault
) -> None:
    client, proxy = faulty
    phone = assigned(client)
    proxy.faults.append(fault)
    change(client, phone.id)
    assert is_done(client)


@pytest.mark.parametrize("fault", NOT_DONE)
@pytest.mark.parametrize("change", CHANGES)
def test_what_was_not_done_is_never_called_done(
    faulty: tuple[SipxconfigClient, FaultyHttp], change: Callable[[SipxconfigClient, int], None], fault: Fault
) -> None:
    client, proxy = faulty
    phone = assigned(client)
    proxy.faults.append(fault)
    with pytest.raises(Unreachable):
        change(client, phone.id)
    assert not is_done(client)


def test_profiles_are_sent_for_a_phone_that_is_there(faulty: tuple[SipxconfigClient, FaultyHttp]) -> None:
    client, proxy = faulty
    phone = assigned(client)
    client.send_profiles(phone.id)
    assert proxy.requests[-1] == f"PUT /sipxconfig/api/phones/{phone.id}/sendProfile/restart"
    with pytest.raises(Unreachable):
        client.send_profiles(phone.id + 1)


def test_a_sipxconfig_before_18_04_sends_no_profiles_by_rest(system: ConfigSystem) -> None:
    """It has the API, but not this path: what it says then, the embedded one says of any path that it lacks."""
    account = AdminAccount(ADMIN.user_name, ADMIN.password)
    app = create_app(system.inventory, credentials=account, realm="example.org", sip_domain="example.org")

    def without_profiles(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].replace("/sendProfile", "/noSuchPath")
        return app(environ, start_response)

    with serving(without_profiles) as url:
        client = SipxconfigClient(f"{url}/sipxconfig", credentials=ADMIN)
        with closing(client), pytest.raises(NotOffered, match=r"18\.04"):
            client.send_profiles(assigned(client).id)


def test_an_old_generation_changes_nothing_and_says_so(tmp_path: Path) -> None:
    with config_system(tmp_path, era=Era.C) as old:
        client = SipxconfigClient(old.base_url, credentials=ADMIN)
        with closing(client):
            for change in (*CHANGES, SipxconfigClient.send_profiles):
                with pytest.raises(NotOffered, match=r"14\.10"):
                    change(client, 1000)
