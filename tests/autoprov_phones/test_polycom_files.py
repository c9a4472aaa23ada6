import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_files import Registration, line_file, registration_file
from tests.autoprov_phones.polycom_parameters import parameters, root_of
from tests.shared_data import shared_data

UNASSIGNED = Registration(
    address="~~id~autoprovision",
    auth_user="~~id~autoprovision",
    password="s3cret-of-the-site",
    label="KTM4PX",
    display_name="KTM4PX-0004f2abcdef",
    server_host="10.0.0.5",
    server_port=5070,
)
ANN = Registration("200", "200", "ann's", "Ann", "Ann Example", "pbx.example.org", 5060, "TCPOnly")
WRITERS: list[Callable[[Registration], bytes]] = [registration_file, lambda registration: line_file([registration])]


def test_an_unassigned_phone_gets_one_registration_that_shows_its_id() -> None:
    said = parameters(registration_file(UNASSIGNED))
    assert {name: value for name, value in said.items() if name.startswith("reg.")} == {
        "reg.1.address": "~~id~autoprovision",
        "reg.1.label": "KTM4PX",
        "reg.1.displayName": "KTM4PX-0004f2abcdef",
        "reg.1.type": "private",
        "reg.1.auth.userId": "~~id~autoprovision",
        "reg.1.auth.password": "s3cret-of-the-site",
        "reg.1.lineKeys": "1",
        "reg.1.musicOnHold.uri": "",
        "reg.1.server.1.address": "10.0.0.5",
        "reg.1.server.1.port": "5070",
        "reg.1.server.1.transport": "UDPOnly",
        "reg.1.server.1.expires": "300",
        "reg.1.server.1.expires.overlap": "60",
        "reg.1.server.1.register": "1",
    }


def test_a_phone_of_4_and_later_reads_polycom_config() -> None:
    assert root_of(registration_file(UNASSIGNED)) == "polycomConfig"


def test_an_unassigned_phone_subscribes_to_nothing() -> None:
    said = parameters(registration_file(UNASSIGNED))
    assert said["msg.mwi.1.subscribe"] == ""
    assert said["msg.mwi.1.callBackMode"] == "disabled"
    assert said["feature.presence.enabled"] == "0"
    assert said["attendant.uri"] == ""


@pytest.mark.parametrize("write", WRITERS)
def test_check_sync_makes_the_phone_fetch_its_files_again(write: Callable[[Registration], bytes]) -> None:
    assert parameters(write(UNASSIGNED))["voIpProt.SIP.specialEvent.checkSync.alwaysReboot"] == "1"


def test_an_assigned_phone_gets_its_lines_in_order_and_keeps_its_voice_mail() -> None:
    said = parameters(line_file([ANN, replace(ANN, address="201", label="201")]))
    assert said["reg.1.address"] == "200"
    assert said["reg.2.address"] == "201"
    assert said["reg.2.server.1.transport"] == "TCPOnly"
    assert not any(name.startswith("reg.3.") for name in said)
    assert not any(name.startswith("msg.mwi") for name in said)


def test_the_parameters_are_those_that_sipxconfig_writes() -> None:
    expected = shared_data("sipxconfig", "polycom-expected")
    known: set[str] = set()
    for file in expected.glob("expected-sipx-*.cfg"):
        known |= set(parameters(file.read_bytes()))
    assert set(parameters(registration_file(UNASSIGNED))) - known == set()


@pytest.mark.parametrize(
    ("url", "server_type", "server_name"),
    [
        ("http://10.0.0.5:8480/own/@@OWN@@", "HTTP", "10.0.0.5:8480/own/@@OWN@@"),
        ("https://phones.example.org/p/own/@@OWN@@", "HTTPS", "phones.example.org/p/own/@@OWN@@"),
    ],
)
def test_a_phone_learns_the_directory_it_shall_boot_from(url: str, server_type: str, server_name: str) -> None:
    said = parameters(registration_file(UNASSIGNED, own_directory=url))
    assert {name: value for name, value in said.items() if name.startswith("device.")} == {
        "device.set": "1",
        "device.prov.serverType": server_type,
        "device.prov.serverType.set": "1",
        "device.prov.serverName": server_name,
        "device.prov.serverName.set": "1",
        "device.dhcp.bootSrvUseOpt": "Static",
        "device.dhcp.bootSrvUseOpt.set": "1",
    }


def test_a_phone_that_is_told_no_directory_keeps_its_boot_server() -> None:
    assert not any(name.startswith("device.") for name in parameters(registration_file(UNASSIGNED)))


def test_a_directory_whose_name_is_too_long_for_a_phone_is_refused() -> None:
    with pytest.raises(PhoneFileError, match=r"device\.prov\.serverName has 256 characters"):
        registration_file(UNASSIGNED, own_directory="http://" + "a" * 256)


def test_the_shortest_expiry_is_ten_seconds() -> None:
    said = parameters(registration_file(replace(UNASSIGNED, expires=timedelta(seconds=10))))
    assert said["reg.1.server.1.expires"] == "10"


def test_a_short_expiry_shortens_the_overlap() -> None:
    said = parameters(registration_file(replace(UNASSIGNED, expires=timedelta(seconds=60))))
    assert said["reg.1.server.1.expires"] == "60"
    assert said["reg.1.server.1.expires.overlap"] == "30"


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (replace(UNASSIGNED, address=""), "reg.1.address"),
        (replace(UNASSIGNED, server_host=""), "reg.1.server.1.address"),
        (replace(UNASSIGNED, server_port=-1), "reg.1.server.1.port"),
        (replace(UNASSIGNED, server_port=65536), "reg.1.server.1.port"),
        (replace(UNASSIGNED, transport="udp"), "reg.1.server.1.transport"),
        (replace(UNASSIGNED, expires=timedelta(seconds=9)), "reg.1.server.1.expires"),
        (replace(UNASSIGNED, label="a\nb"), "reg.1.label"),
        (replace(UNASSIGNED, display_name="a\x00b"), "reg.1.displayName"),
        (replace(UNASSIGNED, auth_user="\ud800"), "reg.1.auth.userId"),
        (replace(UNASSIGNED, password="s3cret\x01"), "reg.1.auth.password"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("write", WRITERS)
def test_an_impossible_value_is_refused_by_its_field(
    write: Callable[[Registration], bytes], broken: Registration, field: str
) -> None:
    with pytest.raises(PhoneFileError, match=re.escape(field)) as caught:
        write(broken)
    assert "s3cret" not in str(caught.value)


def test_a_phone_without_a_line_gets_no_line_file() -> None:
    with pytest.raises(PhoneFileError):
        line_file([])


def test_a_registration_never_shows_its_password() -> None:
    assert "s3cret" not in repr(UNASSIGNED)


@given(st.text("abcXYZ0189 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~äß", max_size=40))
def test_any_password_reaches_the_phone_as_it_is(password: str) -> None:
    written = registration_file(replace(UNASSIGNED, password=password))
    assert parameters(written)["reg.1.auth.password"] == password
