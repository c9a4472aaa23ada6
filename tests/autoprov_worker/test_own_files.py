from dataclasses import replace

import pytest
from lxml import etree

from autoprov_phones.derived_secret import derive_own_token
from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_worker.own_files import own_files
from autoprov_worker.settings import OwnFilesSettings
from sipxconfig_client.values import Line, Phone
from tests.autoprov_queue.values import MAC

SETTINGS = OwnFilesSettings(
    "http://192.168.7.2:8480", b"k" * 32, line_server_host="pbx.example.org", line_server_port=5070
)
LINE = Line("200", "Ada Lovelace", "secret", "sip.example.org", 5062, "200")
PHONE = Phone(1, MAC.hex, "polycomVVX410", "Polycom VVX 410", None, "", (LINE,))


def attributes(content: bytes) -> dict[str, str]:
    root = etree.fromstring(content)
    return {str(name): str(value) for element in root.iter() for name, value in element.attrib.items()}


def lines_of(phone: Phone) -> dict[str, str]:
    return attributes(own_files(phone, MAC, SETTINGS)["0004f2abcdef-lines.cfg"])


OWN = f"http://192.168.7.2:8480/own/{derive_own_token(MAC, key=b'k' * 32)}"


def test_an_assigned_phones_master_file_names_files_in_its_own_directory() -> None:
    files = own_files(PHONE, MAC, SETTINGS)
    assert sorted(files) == ["0004f2abcdef-lines.cfg", "0004f2abcdef.cfg"]
    said = attributes(files["0004f2abcdef.cfg"])["CONFIG_FILES"]
    assert said == f"{OWN}/0004f2abcdef-lines.cfg,{OWN}/0004f2abcdef-site.cfg"


def test_an_assigned_phone_learns_its_own_directory_if_it_did_not_know_it() -> None:
    assert lines_of(PHONE)["device.prov.serverName"] == OWN.removeprefix("http://")


def test_the_settings_do_not_show_the_key() -> None:
    assert "kkk" not in repr(SETTINGS)


def test_a_line_becomes_a_registration() -> None:
    said = lines_of(PHONE)
    assert said["reg.1.address"] == "200"
    assert said["reg.1.auth.password"] == "secret"
    assert said["reg.1.displayName"] == "Ada Lovelace"
    assert (said["reg.1.server.1.address"], said["reg.1.server.1.port"]) == ("sip.example.org", "5062")


def test_what_a_line_does_not_say_is_taken_from_the_settings() -> None:
    line = replace(LINE, registration_server="", registration_server_port=None)
    said = lines_of(replace(PHONE, lines=(line,)))
    assert (said["reg.1.server.1.address"], said["reg.1.server.1.port"]) == ("pbx.example.org", "5070")


def test_several_lines_keep_their_order() -> None:
    said = lines_of(replace(PHONE, lines=(LINE, replace(LINE, user_id="201"))))
    assert (said["reg.1.address"], said["reg.2.address"]) == ("200", "201")


def test_an_old_phone_gets_its_lines_in_the_form_that_it_reads() -> None:
    old = replace(PHONE, model_id="polycom601", model_label="Polycom SoundPoint IP 601", version="polycom3.1.X")
    content = own_files(old, MAC, SETTINGS)["0004f2abcdef-lines.cfg"]
    assert etree.fromstring(content).tag == "phone1"
    assert attributes(content)["reg.1.address"] == "200"


@pytest.mark.parametrize(
    "phone",
    [replace(PHONE, lines=()), replace(PHONE, model_id="snom320"), replace(PHONE, model_id="nobodysModel")],
    ids=["no line", "another make", "unknown model"],
)
def test_no_files_are_written_for(phone: Phone) -> None:
    assert own_files(phone, MAC, SETTINGS) == {}


def test_a_line_that_no_file_can_carry_is_said() -> None:
    with pytest.raises(PhoneFileError):
        own_files(replace(PHONE, lines=(replace(LINE, user_id=""),)), MAC, SETTINGS)
