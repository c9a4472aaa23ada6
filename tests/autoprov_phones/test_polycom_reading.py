from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_document import write_document
from autoprov_phones.polycom_master import bootstrap_file
from autoprov_phones.polycom_overlay import is_secret
from autoprov_phones.polycom_reading import STARS, config_files_of, parameters_of, starred

MAC = MacAddress("0004f2abcdef")
MASTER = bootstrap_file(
    config_files=["http://10.0.0.5/[PHONE_MAC_ADDRESS]-registration.cfg", "[PHONE_MAC_ADDRESS]-site.cfg"],
    old_config_files=["http://10.0.0.5/[PHONE_MAC_ADDRESS]-registration-3.cfg"],
)


def test_a_master_names_files_with_the_phones_own_digits_and_an_old_model_its_own() -> None:
    named = config_files_of(MASTER, mac=MAC, model="VVX_410")
    assert named == ["0004f2abcdef-registration.cfg", "0004f2abcdef-site.cfg"]
    assert config_files_of(MASTER, mac=MAC, model="") == named
    assert config_files_of(MASTER, mac=MAC, model="SPIP_601") == ["0004f2abcdef-registration-3.cfg"]


def test_parameters_come_in_the_files_order() -> None:
    file = write_document("phone1", {"a.b": "1"}, {"reg": {"z.a": "2"}, "msg/mwi": {"a.a": "3"}})
    assert list(parameters_of(file).items()) == [("a.b", "1"), ("z.a", "2"), ("a.a", "3")]


def test_stars_hide_secrets_and_the_own_directory_and_leave_all_else() -> None:
    secret = write_document(
        "polycomConfig",
        {},
        {
            "reg": {"reg.1.auth.password": "s3cret", "reg.1.label": "KTM4PX"},
            "device": {
                "device.prov.serverName": "10.0.0.5/own/TOKEN",
                "device.auth.localAdminPassword": "",
                "device.auth.localAdminPassword.set": "1",
            },
        },
    )
    shown = starred(secret, is_secret=is_secret, token="TOKEN")
    assert shown == secret.replace(b"s3cret", STARS.encode()).replace(b"TOKEN", STARS.encode())
