from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from autoprov_phones.mac import MacAddress
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import AccessDenied, Refused, Unreachable
from sipxconfig_client.values import (
    Accepted,
    AlreadyThere,
    Created,
    Credentials,
    ExternalLine,
    NewPhone,
    Phone,
    UserLine,
)
from sipxconfig_server.records import PhoneRecord
from tests.peers.config_system import ConfigSystem

MAC = MacAddress("0004f2a1b2c3")
NEW = NewPhone(MAC, "polycomVVX410", "polycom5.4.3", "Auto-provisioned\n  ID: KTM4PX\n")


def created(client: SipxconfigClient, new: NewPhone = NEW) -> Phone:
    assert isinstance(client.create(new), Created)
    phone = client.phone(new.mac)
    assert phone is not None
    return phone


def test_a_phone_is_created_once_and_then_already_there(client: SipxconfigClient) -> None:
    assert client.phone(MAC) is None
    assert client.create(NEW) == Created(1000)
    phone = Phone(1000, "0004f2a1b2c3", "polycomVVX410", "Polycom VVX 410", "polycom5.4.3", NEW.description, ())
    assert client.phone(MAC) == phone
    assert client.create(replace(NEW, description="other words")) == AlreadyThere(phone)
    assert client.phone(MAC) == phone


def test_a_new_phone_is_unassigned_until_a_line_is_added(client: SipxconfigClient) -> None:
    phone = created(client)
    assert phone.is_unassigned
    client.add_line(phone.id, UserLine("200"))
    assigned = client.phone(MAC)
    assert assigned is not None
    assert not assigned.is_unassigned
    assert assigned.mac == MAC
    assert list(assigned.lines) == client.lines(assigned)


def test_lines_tell_everything_that_a_phones_file_needs(client: SipxconfigClient) -> None:
    phone = created(client)
    client.add_line(phone.id, UserLine("200"))
    client.add_line(phone.id, ExternalLine("ext1", "Ext & One", "pw", "sip.example.net", 5070))
    internal, external = client.lines(phone)
    assert (internal.user, internal.user_id, internal.display_name) == ("200", "200", "First200 Last200")
    assert (internal.password, internal.registration_server) == ("sip200", "sipfoundry.org")
    assert internal.registration_server_port is None
    assert (external.user, external.user_id, external.display_name) == (None, "ext1", "Ext & One")
    assert (external.password, external.registration_server) == ("pw", "sip.example.net")
    assert external.registration_server_port == 5070


def test_passwords_do_not_show_in_representations(client: SipxconfigClient) -> None:
    phone = created(client)
    client.add_line(phone.id, UserLine("200"))
    assert "sip200" not in repr(client.lines(phone))
    assert "secret" not in repr(Credentials("superadmin", "secret"))
    assert "secret" not in repr(ExternalLine("a", "b", "secret", "c"))


def test_a_description_is_replaced_and_everything_else_stays(client: SipxconfigClient) -> None:
    phone = created(client)
    client.update_description(phone, 'Zürich & <b> "q"\n2')
    assert client.phone(MAC) == replace(phone, description='Zürich & <b> "q"\n2')


def test_a_phone_without_a_version_keeps_none(client: SipxconfigClient) -> None:
    phone = created(client, replace(NEW, version=None))
    assert phone.version is None
    client.update_description(phone, "new words")
    assert client.phone(MAC) == replace(phone, description="new words")


def test_words_written_meanwhile_are_not_overwritten(client: SipxconfigClient) -> None:
    phone = created(client)
    client.update_description(phone, "an administrator's words")
    with pytest.raises(Unreachable, match="changed meanwhile"):
        client.update_description(phone, "ours")
    now = client.phone(MAC)
    assert now is not None
    assert now.description == "an administrator's words"


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (replace(NEW, model_id="polycomVVX999"), "does not know the model"),
        (replace(NEW, description="x" * 256), "256 characters"),
    ],
)
def test_what_will_never_be_taken_is_refused_in_plain_words(
    client: SipxconfigClient, new: NewPhone, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        client.create(new)
    assert client.phone(MAC) is None


def test_a_description_as_long_as_the_column_is_taken(client: SipxconfigClient) -> None:
    assert created(client, replace(NEW, description="ü" * 255)).description == "ü" * 255
    with pytest.raises(Refused, match="256 characters"):
        client.update_description(created(client, replace(NEW, mac=MacAddress("0004f2a1b2c4"))), "ü" * 256)


def test_an_unknown_user_and_a_full_phone_are_refused(client: SipxconfigClient) -> None:
    phone = created(client, replace(NEW, model_id="polycom5000", version="polycom4.0.X"))
    with pytest.raises(Refused, match="no such user"):
        client.add_line(phone.id, UserLine("nobody"))
    client.add_line(phone.id, UserLine("200"))
    with pytest.raises(Refused, match="as many lines"):
        client.add_line(phone.id, UserLine("201"))


def test_a_phone_deleted_meanwhile_is_a_matter_of_looking_again(client: SipxconfigClient, system: ConfigSystem) -> None:
    phone = created(client)
    system.inventory.delete_phone(phone.id)
    for attempt in (
        lambda: client.lines(phone),
        lambda: client.add_line(phone.id, UserLine("200")),
        lambda: client.update_description(phone, "words"),
    ):
        with pytest.raises(Unreachable):
            attempt()


def test_wrong_credentials_are_an_error_of_the_settings(system: ConfigSystem) -> None:
    for credentials in (Credentials("superadmin", "wrong"), Credentials("nobody", "admin123"), None):
        client = SipxconfigClient(system.base_url, credentials=credentials)
        with pytest.raises(AccessDenied, match="401"):
            client.phone(MAC)
        client.close()


def test_models_are_told_with_their_exact_version_names(client: SipxconfigClient) -> None:
    models = {model.model_id: model for model in client.models()}
    assert models["polycomVVX411"].label == "Polycom VVX 411"
    assert models["polycomVVX411"].versions[0] == "polycom5.4.1"
    assert models["SPA501G"].versions == ()


def test_all_phones_are_walked_through_page_by_page(client: SipxconfigClient, system: ConfigSystem) -> None:
    macs = [MacAddress(f"0004f20000{number:02x}") for number in range(23)]
    for mac in macs:
        system.inventory.add_phone(PhoneRecord(str(mac), "polycomVVX410", None, None))
    for size in (2, 7, 22, 23, 24, 200):
        assert [phone.mac for phone in client.all_phones(size)] == macs
    assert [phone.mac for phone in client.phones(start=20, limit=2)] == macs[20:22]
    assert client.phones(start=23, limit=2) == []


ALL_DIGITS = MacAddress("001565000001")
TOO_BIG_FOR_AN_ID = MacAddress("641667123456")


def test_an_all_digit_mac_is_found_although_the_api_takes_it_for_an_id(client: SipxconfigClient) -> None:
    created(client)
    assert client.phone(ALL_DIGITS) is None
    phone = created(client, replace(NEW, mac=ALL_DIGITS))
    assert phone.mac == ALL_DIGITS
    assert client.create(replace(NEW, mac=ALL_DIGITS)) == AlreadyThere(phone)
    assert created(client, replace(NEW, mac=TOO_BIG_FOR_AN_ID)).mac == TOO_BIG_FOR_AN_ID


def test_an_all_digit_mac_never_shows_the_phone_whose_id_it_spells(
    client: SipxconfigClient, system: ConfigSystem
) -> None:
    other = created(client)
    spelled = MacAddress(f"{other.id:012d}")
    assert client.phone(spelled) is None
    assert isinstance(client.create(replace(NEW, mac=spelled)), Created)
    assert len(system.inventory.phones()) == 2


def test_many_threads_share_a_client_and_create_each_phone_once(client: SipxconfigClient, system: ConfigSystem) -> None:
    macs = [MacAddress(f"0004f20000{number:02x}") for number in range(6)] * 6

    def create(mac: MacAddress) -> Created | AlreadyThere | Accepted:
        return client.create(replace(NEW, mac=mac))

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(create, macs))
    assert sum(isinstance(answer, Created) for answer in answers) == 6
    assert sorted(phone.record.serial_number for phone in system.inventory.phones()) == sorted(
        {str(mac) for mac in macs}
    )
