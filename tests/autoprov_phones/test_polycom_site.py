import pytest
from lxml import etree

from autoprov_phones.phone_file_error import PhoneFileError
from autoprov_phones.polycom_files import Registration
from autoprov_phones.polycom_overlay import Overlay, read_parameters
from autoprov_phones.polycom_site import PASSWORD_SLOT, TAG_SLOT, UNIQUE_ID_SLOT, check_phone_url, compile_polycom
from autoprov_phones.record import is_record_name
from tests.autoprov_phones.polycom_parameters import parameters, root_of

URL = "http://10.0.0.5:8480"
REGISTRATION = Registration(
    address="~~id~autoprovision",
    auth_user="~~id~autoprovision",
    password=PASSWORD_SLOT,
    label=UNIQUE_ID_SLOT,
    display_name=TAG_SLOT,
    server_host="10.0.0.5",
    server_port=5066,
)
OVERLAY = Overlay(
    site=read_parameters("site.conf", "tcpIpApp.sntp.address = ntp\ndevice.auth.localAdminPassword = s3cret"),
    models={"vvx_410": read_parameters("VVX_410.conf", "tcpIpApp.sntp.address = near\nuser.pin = 1234")},
)


def documents(*, url: str = URL, own: bool = True, overlay: Overlay = OVERLAY) -> dict[str, bytes]:
    return compile_polycom(phone_url=url, registration=REGISTRATION, own_directories=own, overlay=overlay)


def test_every_document_can_be_named_in_the_compiled_site_and_is_xml() -> None:
    for name, content in documents().items():
        assert is_record_name(name)
        assert etree.fromstring(content).tag in ("APPLICATION", "polycomConfig", "phone1")


def test_the_registration_stands_before_the_overlay_so_that_it_wins() -> None:
    named = parameters(documents()["bootstrap"])
    assert named["CONFIG_FILES"] == (f"{URL}/[PHONE_MAC_ADDRESS]-registration.cfg,{URL}/[PHONE_MAC_ADDRESS]-site.cfg")
    assert named["CONFIG_FILES_SPIP601"] == (
        f"{URL}/[PHONE_MAC_ADDRESS]-registration-3.cfg,{URL}/[PHONE_MAC_ADDRESS]-site.cfg"
    )


def test_a_phone_in_its_own_directory_is_told_names_alone() -> None:
    named = parameters(documents()["bootstrap-own"])
    assert named["CONFIG_FILES"] == "[PHONE_MAC_ADDRESS]-registration.cfg,[PHONE_MAC_ADDRESS]-site.cfg"


def test_the_registration_names_the_phones_own_directory_where_we_serve_own_files() -> None:
    said = parameters(documents(url="https://phones.example.org/p")["registration"])
    assert said["device.prov.serverName"] == "phones.example.org/p/own/@@OWN@@"
    assert said["device.prov.serverType"] == "HTTPS"
    assert "device.prov.serverName" not in parameters(documents(own=False)["registration"])


def test_both_registrations_have_slots_where_phones_differ() -> None:
    for name in ("registration", "registration-3"):
        said = parameters(documents()[name])
        assert said["reg.1.label"] == "@@UNIQUE_ID@@"
        assert said["reg.1.displayName"] == "@@TAG@@"
        assert said["reg.1.auth.password"] == "@@PASSWORD@@"


def test_secrets_are_in_the_documents_of_proven_phones_alone() -> None:
    for name, content in documents().items():
        is_own = name.startswith("site-own")
        assert (b"s3cret" in content) is is_own
        assert b"1234" not in content or name in ("site-own.vvx_410", "site-own-3.vvx_410")
        assert is_own or b"localAdminPassword" not in content


def test_a_model_with_lines_of_its_own_gets_them_with_the_sites() -> None:
    made = documents()
    assert parameters(made["site"]) == {"tcpIpApp.sntp.address": "ntp"}
    assert parameters(made["site.vvx_410"]) == {"tcpIpApp.sntp.address": "near"}
    assert parameters(made["site-own.vvx_410"]) == {
        "tcpIpApp.sntp.address": "near",
        "user.pin": "1234",
        "device.set": "1",
        "device.auth.localAdminPassword": "s3cret",
        "device.auth.localAdminPassword.set": "1",
    }


@pytest.mark.parametrize("kind", ["site", "site-own"])
@pytest.mark.parametrize("model", ["", ".vvx_410"])
def test_old_firmware_gets_the_same_overlay_in_its_own_form(kind: str, model: str) -> None:
    old, new = documents()[f"{kind}-3{model}"], documents()[f"{kind}{model}"]
    assert (root_of(old), root_of(new)) == ("phone1", "polycomConfig")
    assert parameters(old) == parameters(new)


def test_the_documents_are_those_that_every_site_has_and_the_models() -> None:
    kinds = ["site", "site-own", "site-3", "site-own-3"]
    common = ["bootstrap", "bootstrap-own", "registration", "registration-3", *kinds]
    assert sorted(documents(overlay=Overlay())) == sorted(common)
    assert sorted(documents()) == sorted([*common, *(f"{kind}.vvx_410" for kind in kinds)])


def test_a_site_without_an_overlay_has_empty_documents_because_the_bootstrap_file_names_them() -> None:
    made = documents(overlay=Overlay())
    assert parameters(made["site"]) == parameters(made["site-own"]) == {}


def test_a_url_whose_names_a_phone_cannot_read_is_refused_before_any_phone_asks() -> None:
    too_long = f"http://phones.example.org/{'a' * 230}"
    with pytest.raises(PhoneFileError, match=r"CONFIG_FILES: a name has \d+ characters, a phone reads 255"):
        check_phone_url(too_long)
    with pytest.raises(PhoneFileError):
        documents(url=too_long)
    check_phone_url(URL)
