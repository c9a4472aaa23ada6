from dataclasses import replace

import pytest
from lxml import etree

from autoprov_phones.polycom_files import PhoneFileError
from autoprov_worker.own_files import own_files
from autoprov_worker.settings import OwnFilesSettings
from sipxconfig_client.values import Line, Phone
from tests.autoprov_queue.values import MAC

SETTINGS = OwnFilesSettings("http://192.168.7.2:8480", line_server_host="pbx.example.org", line_server_port=5070)
LINE = Line("200", "Ada Lovelace", "secret", "sip.example.org", 5062, "200")
PHONE = Phone(1, MAC.hex, "polycomVVX410", "Polycom VVX 410", None, "", (LINE,))


def attributes(content: bytes) -> dict[str, str]:
    root = etree.fromstring(content)
    return {str(name): str(value) for element in root.iter() for name, value in element.attrib.items()}


def lines_of(phone: Phone) -> dict[str, str]:
    return attributes(own_files(phone, MAC, SETTINGS)["0004f2abcdef-lines.cfg"])


def test_an_assigned_phones_master_file_names_its_line_file() -> None:
    files = own_files(PHONE, MAC, SETTINGS)
    assert sorted(files) == ["0004f2abcdef-lines.cfg", "0004f2abcdef.cfg"]
    assert attributes(files["0004f2abcdef.cfg"])["CONFIG_FILES"] == "http://192.168.7.2:8480/0004f2abcdef-lines.cfg"


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
