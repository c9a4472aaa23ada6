from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_files import Registration, registration_file
from autoprov_phones.polycom_registration_3 import line_file_3, needs_old_form, registration_file_3
from tests.autoprov_phones.polycom_parameters import parameters, root_of
from tests.shared_data import shared_data

UNASSIGNED = Registration(
    "~~id~autoprovision", "~~id~autoprovision", "s3", "KTM4PX", "KTM4PX-0004f2abcdef", "pbx", 5070
)
ANN = Registration("200", "200", "ann's", "Ann", "Ann Example", "pbx.example.org", 5060, "TCPOnly")


def test_an_old_phone_gets_the_same_registration_as_a_new_one() -> None:
    new, old = parameters(registration_file(UNASSIGNED)), parameters(registration_file_3(UNASSIGNED))
    assert root_of(registration_file_3(UNASSIGNED)) == "phone1"
    transport = "reg.1.server.1.transport"
    assert old.pop(transport).lower() == new.pop(transport).lower()
    shared = {name for name in new if not name.startswith("feature.")}
    assert {name: old[name] for name in shared} == {name: new[name] for name in shared}


def test_an_old_phone_names_its_features_by_number() -> None:
    said = parameters(registration_file_3(UNASSIGNED))
    features = {said[f"feature.{number}.name"]: said[f"feature.{number}.enabled"] for number in (1, 2)}
    assert features == {"presence": "0", "messaging": "0"}


def test_the_other_line_keys_are_blank() -> None:
    said = parameters(registration_file_3(UNASSIGNED))
    for line in range(2, 7):
        of_line = {name: value for name, value in said.items() if name.startswith(f"reg.{line}.")}
        assert f"reg.{line}.address" in of_line
        assert set(of_line.values()) == {""}
    assert not any(name.startswith("reg.7.") for name in said)


@pytest.mark.parametrize(("transport", "word"), [("TCPOnly", "TCPonly"), ("UDPOnly", "UDPonly"), ("TLS", "TLS")])
def test_transports_are_spelled_as_sipxconfig_spells_them_for_old_phones(transport: str, word: str) -> None:
    assert parameters(line_file_3([replace(ANN, transport=transport)]))["reg.1.server.1.transport"] == word


def test_an_old_phone_is_never_told_to_ask_for_less_than_it_may() -> None:
    said = parameters(registration_file_3(replace(UNASSIGNED, expires=timedelta(seconds=60))))
    assert said["reg.1.server.1.expires"] == "300"


def test_an_old_phone_is_not_told_to_boot_from_elsewhere() -> None:
    assert not any(name.startswith("device.") for name in parameters(registration_file_3(UNASSIGNED)))


@pytest.mark.parametrize(
    ("model_id", "version", "is_old"),
    [
        ("polycom601", "polycom3.1.X", True),
        ("polycom4000", None, True),
        ("polycom300", "polycom2.0", True),
        ("polycom335", "polycom3.2.X", True),
        ("polycom335", "polycom4.0.X", False),
        ("polycom335", None, False),
        ("polycomVVX410", "polycom5.5.2", False),
    ],
)
def test_sipxconfigs_names_tell_who_needs_the_old_form(model_id: str, version: str | None, is_old: bool) -> None:
    assert needs_old_form(model_id, version) is is_old


def test_an_assigned_old_phone_gets_its_lines_in_order_and_keeps_its_voice_mail() -> None:
    said = parameters(line_file_3([ANN, replace(ANN, address="201")]))
    assert (said["reg.1.address"], said["reg.2.address"], said["reg.3.address"]) == ("200", "201", "")
    assert not any(name.startswith("msg.mwi") for name in said)


def test_more_lines_than_six_are_all_written() -> None:
    said = parameters(line_file_3([replace(ANN, address=str(200 + line)) for line in range(8)]))
    assert said["reg.8.address"] == "207"


def test_a_phone_without_a_line_gets_no_line_file() -> None:
    with pytest.raises(PhoneFileError):
        line_file_3([])


def _places(file: bytes) -> Iterator[tuple[str, str]]:
    """Each parameter with the path of its element below the root."""
    root = etree.fromstring(file)
    tree = root.getroottree()
    for element in root.iter(etree.Element):
        for name in element.attrib:
            yield str(name), tree.getpath(element).partition("/")[2].partition("/")[2]


def test_parameters_stand_where_sipxconfig_puts_them_in_its_files_for_3_x() -> None:
    expected = shared_data("sipxconfig", "polycom-expected")
    theirs: dict[str, str] = {}
    for file in ("expected-phone.cfg.xml", "expected-sip.cfg.xml"):
        theirs |= dict(_places((expected / file).read_bytes()))
    ours = dict(_places(registration_file_3(UNASSIGNED)))
    assert ours.items() <= theirs.items()


def test_blank_lines_are_blank_in_sipxconfigs_file_as_well() -> None:
    theirs = parameters(shared_data("sipxconfig", "polycom-expected", "expected-phone.cfg.xml").read_bytes())
    ours = parameters(registration_file_3(UNASSIGNED))
    blank = {name: value for name, value in ours.items() if name.startswith(("reg.3.", "reg.6."))}
    assert blank.items() <= theirs.items()
    assert theirs["reg.1.server.1.transport"] == "TCPonly"
