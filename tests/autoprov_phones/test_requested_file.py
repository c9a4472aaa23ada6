import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import line_file_name, master_file_name, registration_file_name, site_file_name
from autoprov_phones.requested_file import RequestedFile, read_file_name, read_path
from tests.autoprov_phones.strategies import macs

MAC = MacAddress("0004f2abcdef")
TOKEN = "AB" * 16


def parts(requested: RequestedFile) -> tuple[str, MacAddress | None, str, str]:
    return requested.name, requested.mac, requested.suffix, requested.token


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("0004f2abcdef.cfg", ".cfg"),
        ("0004F2ABCDEF.cfg", ".cfg"),
        ("0004F2ABCDEF.CFG", ".cfg"),
        ("0004F2abcdef-Registration.cfg", "-registration.cfg"),
        ("0004f2abcdef-registration-3.cfg", "-registration-3.cfg"),
        ("0004f2abcdef-phone.cfg", "-phone.cfg"),
        ("0004f2abcdef-directory.xml", "-directory.xml"),
        ("0004f2abcdef-app.log", "-app.log"),
        ("0004f2abcdef_reg.cfg", "_reg.cfg"),
    ],
)
def test_a_phones_own_file_is_told_with_its_mac(name: str, suffix: str) -> None:
    assert parts(read_file_name(name)) == (name.lower(), MAC, suffix, "")


def test_the_bootstrap_file_belongs_to_no_phone() -> None:
    requested = read_file_name("000000000000.CFG")
    assert requested.is_bootstrap
    assert requested.mac is None


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
        "0004f2abcdef-\u212a.cfg",
        "0004f2abcdef-" + "a" * 300,
    ],
)
def test_any_other_name_is_another_file(name: str) -> None:
    requested = read_file_name(name)
    assert (requested.mac, requested.suffix, requested.is_bootstrap) == (None, "", False)


@given(macs.filter(lambda mac: mac.hex != "000000000000"), st.booleans())
def test_the_names_that_we_hand_out_are_read_back(mac: MacAddress, upper: bool) -> None:
    for name in (master_file_name(mac), registration_file_name(mac), line_file_name(mac), site_file_name(mac)):
        assert parts(read_file_name(name.upper() if upper else name)) == (name, mac, name[12:], "")


@given(st.text() | st.text().map("0004f2abcdef".__add__))
def test_any_name_has_an_answer(name: str) -> None:
    requested = read_file_name(name)
    assert (requested.mac is None) == (requested.suffix == "")


@pytest.mark.parametrize(
    "path",
    [
        "/0004f2abcdef.cfg",
        "//0004f2abcdef.cfg",
        "/./0004f2abcdef.cfg",
        "/a/../0004f2abcdef.cfg",
        "/phones/0004f2abcdef.cfg",
        "/phones//0004f2abcdef.cfg",
        "/phones/../phones/./0004f2abcdef.cfg",
        "0004f2abcdef.cfg",
    ],
)
def test_a_path_below_the_prefix_or_without_it_names_a_file(path: str) -> None:
    assert read_path(path, prefix="/phones/").mac == MAC


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "*",
        "/deeper/0004f2abcdef.cfg",
        "/phones/deeper/0004f2abcdef.cfg",
        "/../0004f2abcdef.cfg",
        "/phones/../../0004f2abcdef.cfg",
        "/0004f2abcdef.cfg/..",
        f"/own/{TOKEN}",
        f"/own/{TOKEN}/deeper/0004f2abcdef.cfg",
        f"/own/{TOKEN[1:]}/0004f2abcdef.cfg",
        f"/other/{TOKEN}/0004f2abcdef.cfg",
    ],
)
def test_any_other_path_names_nobodys_file(path: str) -> None:
    assert read_path(path, prefix="/phones").mac is None


def test_a_phones_own_directory_is_told() -> None:
    assert parts(read_path(f"/phones/own/{TOKEN}/0004F2ABCDEF.cfg", prefix="/phones")) == (
        "0004f2abcdef.cfg",
        MAC,
        ".cfg",
        TOKEN,
    )
    assert read_path(f"/own/{TOKEN}/000000000000.cfg", prefix="/").token == TOKEN


@pytest.mark.parametrize("path", [f"/own/{TOKEN}", f"/OWN/{TOKEN}/x.cfg", f"/phones/x/own/{TOKEN}/y/z"])
def test_a_path_that_is_told_of_hides_the_name_of_an_own_directory(path: str) -> None:
    assert TOKEN not in read_path(path, prefix="/phones").name
    assert "/*" in read_path(path, prefix="/phones").name


@given(st.text() | st.text("/.0aPN-%", max_size=60))
def test_any_path_has_an_answer(path: str) -> None:
    requested = read_path(path, prefix="/phones")
    assert requested.mac is None or requested.mac.hex in path.lower()
