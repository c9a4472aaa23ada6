import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_files import line_file_name, master_file_name, registration_file_name
from autoprov_phones.requested_file import FileKind, RequestedFile, read_file_name
from tests.autoprov_phones.strategies import macs

MAC = MacAddress("0004f2abcdef")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0004f2abcdef.cfg", FileKind.MASTER),
        ("0004F2ABCDEF.cfg", FileKind.MASTER),
        ("0004F2ABCDEF.CFG", FileKind.MASTER),
        ("0004f2abcdef-registration.cfg", FileKind.REGISTRATION),
        ("0004F2abcdef-Registration.cfg", FileKind.REGISTRATION),
        ("0004f2abcdef-lines.cfg", FileKind.LINES),
        ("0004f2abcdef-phone.cfg", FileKind.OTHER_OF_PHONE),
        ("0004f2abcdef-web.cfg", FileKind.OTHER_OF_PHONE),
        ("0004f2abcdef-directory.xml", FileKind.OTHER_OF_PHONE),
        ("0004f2abcdef-app.log", FileKind.OTHER_OF_PHONE),
        ("0004f2abcdef-sipx-applications.cfg", FileKind.OTHER_OF_PHONE),
        ("0004f2abcdef_reg.cfg", FileKind.OTHER_OF_PHONE),
    ],
)
def test_a_phones_own_file_is_told_with_its_mac(name: str, kind: FileKind) -> None:
    assert read_file_name(name) == RequestedFile(kind, name.lower(), MAC)


def test_the_bootstrap_file_belongs_to_no_phone() -> None:
    assert read_file_name("000000000000.cfg") == RequestedFile(FileKind.BOOTSTRAP, "000000000000.cfg")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "sip.ld",
        "3111-44500-001.sip.ld",
        "sip.ver",
        "license.cfg",
        "000000000000-license.cfg",
        "000000000000-directory.xml",
        "000000000000-registration.cfg",
        "0004f2abcdef",
        "0004f2abcde.cfg",
        "0004f2abcdef0.cfg",
        "0004f2abcdeg.cfg",
        "00:04:f2:ab:cd:ef.cfg",
        "[PHONE_MAC_ADDRESS]-registration.cfg",
        "0004f2abcdef.cfg\n",
        "0004f2abcdef-a b.cfg",
        "0004f2abcdef-/../x",
        "../0004f2abcdef.cfg",
        "0004f2abcdef.cfg\x00.xml",
        "0004f2abcdef-" + "a" * 300,
    ],
)
def test_any_other_name_is_another_file(name: str) -> None:
    assert read_file_name(name) == RequestedFile(FileKind.OTHER, name.lower())


@given(macs.filter(lambda mac: mac.hex != "000000000000"), st.booleans())
def test_the_names_that_we_hand_out_are_read_back(mac: MacAddress, upper: bool) -> None:
    for name, kind in (
        (master_file_name(mac), FileKind.MASTER),
        (registration_file_name(mac), FileKind.REGISTRATION),
        (line_file_name(mac), FileKind.LINES),
    ):
        assert read_file_name(name.upper() if upper else name) == RequestedFile(kind, name, mac)


@given(st.text() | st.text().map("0004f2abcdef".__add__))
def test_any_name_has_an_answer(name: str) -> None:
    requested = read_file_name(name)
    assert (requested.mac is None) == (requested.kind in {FileKind.BOOTSTRAP, FileKind.OTHER})
