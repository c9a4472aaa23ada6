import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import (
    MAX_LIST_LENGTH,
    PhoneFileError,
    Registration,
    bootstrap_file,
    line_file,
    line_file_name,
    master_file_name,
    registration_file,
    registration_file_name,
)
from tests.shared_data import shared_data

MAC = MacAddress("0004f2abcdef")
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


def parameters(file: bytes) -> dict[str, str]:
    """All parameters of a file, as a phone takes them: elements only group."""
    found: dict[str, str] = {}
    for element in etree.fromstring(file).iter():
        for name, value in element.attrib.items():
            assert str(name) not in found
            found[str(name)] = str(value)
    return found


def test_files_are_named_by_the_mac() -> None:
    assert master_file_name(MAC) == "0004f2abcdef.cfg"
    assert registration_file_name(MAC) == "0004f2abcdef-registration.cfg"
    assert line_file_name(MAC) == "0004f2abcdef-lines.cfg"


def test_the_bootstrap_file_names_our_urls_and_asks_for_nothing_else() -> None:
    url = "http://10.0.0.5:8185/[PHONE_MAC_ADDRESS]-registration.cfg"
    written = bootstrap_file(config_files=[url])
    assert etree.fromstring(written).tag == "APPLICATION"
    assert parameters(written) == {
        "APP_FILE_PATH": "sip.ld",
        "CONFIG_FILES": url,
        "MISC_FILES": "",
        "LOG_FILE_DIRECTORY": "http://0.0.0.0",
        "OVERRIDES_DIRECTORY": "",
        "CONTACTS_DIRECTORY": "",
        "LICENSE_DIRECTORY": "",
        "CALL_LISTS_DIRECTORY": "http://0.0.0.0",
        "USER_PROFILES_DIRECTORY": "",
    }


def test_several_config_files_keep_their_order_because_the_first_wins() -> None:
    root = etree.fromstring(bootstrap_file(config_files=["site.cfg", "0004f2abcdef-lines.cfg"]))
    assert root.get("CONFIG_FILES") == "site.cfg,0004f2abcdef-lines.cfg"


@pytest.mark.parametrize(
    "names",
    [
        [],
        [""],
        ["a b.cfg"],
        ["a.cfg,b.cfg"],
        ["a\\b.cfg"],
        ['a".cfg'],
        ["a&b.cfg"],
        ["a%20b.cfg"],
        ["ä.cfg"],
        ["a.cfg\n"],
        ["a" * 256],
        ["a" * 255] * 9,
    ],
    ids=lambda names: repr(names)[:20],
)
def test_a_list_that_the_phone_cannot_read_is_refused(names: Sequence[str]) -> None:
    with pytest.raises(PhoneFileError, match="CONFIG_FILES"):
        bootstrap_file(config_files=names)


def test_a_list_of_just_the_longest_length_is_written() -> None:
    names = ["a" * 255] * 7 + ["a" * 255]
    assert len(",".join(names)) == MAX_LIST_LENGTH
    assert bootstrap_file(config_files=names)


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
        (replace(UNASSIGNED, expires=timedelta()), "reg.1.server.1.expires"),
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
