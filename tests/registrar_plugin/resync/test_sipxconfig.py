from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from registrar_plugin.resync.check_sync import NotSent, PassedOn, Unanswered
from registrar_plugin.resync.places import NotKnownNow
from registrar_plugin.resync.sipxconfig import SipxconfigResync, users_at
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Created, ExternalLine, NewPhone, UserLine
from tests.peers.config_system import ADMIN, config_system
from tests.registrar_plugin.registrations import tag

MAC, STRANGER = tag(1).mac, tag(2).mac
PBX = "pbx.example.org"


@pytest.fixture
def client(tmp_path: Path) -> Generator[SipxconfigClient]:
    with config_system(tmp_path) as system, closing(SipxconfigClient(system.base_url, credentials=ADMIN)) as opened:
        created = opened.create(NewPhone(MAC, "polycomVVX410", "polycom5.5.2", "on a desk"))
        assert isinstance(created, Created)
        opened.add_line(created.phone_id, UserLine("200"))
        opened.add_line(created.phone_id, ExternalLine("7001", "Front desk", "x", PBX))
        opened.add_line(created.phone_id, ExternalLine("7002", "Elsewhere", "x", "sip.example.com"))
        opened.add_line(created.phone_id, ExternalLine("7003", "Where all are", "x", ""))
        yield opened


@pytest.fixture
def nobody() -> Generator[SipxconfigClient]:
    with closing(SipxconfigClient("http://127.0.0.1:9/sipxconfig", credentials=ADMIN)) as opened:
        yield opened


def test_sipxconfig_is_asked_to_write_the_phones_files_and_restart_it(client: SipxconfigClient) -> None:
    assert SipxconfigResync(client).ask(MAC) == PassedOn("sipXconfig")


def test_a_phone_that_sipxconfig_does_not_have_is_not_registered(client: SipxconfigClient) -> None:
    assert SipxconfigResync(client).ask(STRANGER) is Unanswered.NOT_REGISTERED


def test_a_sipxconfig_that_does_not_answer_is_said(nobody: SipxconfigClient) -> None:
    answer = SipxconfigResync(nobody).ask(MAC)
    assert isinstance(answer, NotSent)
    assert "cannot be asked" in answer.reason


def test_a_phones_users_are_those_of_its_lines_at_this_registrar(client: SipxconfigClient) -> None:
    assert users_at(PBX, client, MAC) == ["200", "7001", "7003"]
    assert users_at(PBX, client, STRANGER) == []


def test_whose_a_phone_is_cannot_be_told_while_the_config_system_does_not_answer(nobody: SipxconfigClient) -> None:
    with pytest.raises(NotKnownNow, match="cannot be asked"):
        users_at(PBX, nobody, MAC)
