import pytest

from simulated_phone.identity import Program, identify


@pytest.mark.parametrize(
    ("model", "user_agent"),
    [
        ("VVX_410", "PolycomVVX-VVX_410-UA/5.9.5.0614"),
        ("SPIP_550", "PolycomSoundPointIP-SPIP_550-UA/5.9.5.0614"),
        ("SSIP_6000", "PolycomSoundStationIP-SSIP_6000-UA/5.9.5.0614"),
        ("Trio_8800", "PolycomRealPresenceTrio-Trio_8800-UA/5.9.5.0614"),
        ("CCX_500", "PolyCCX-CCX_500-UA/5.9.5.0614"),
        ("Edge_E450", "PolyEdge-Edge_E450-UA/5.9.5.0614"),
    ],
)
def test_each_family_names_itself_in_its_own_way(model: str, user_agent: str) -> None:
    assert identify(mac="0004f2abcdef", model=model, firmware="5.9.5.0614").sip_user_agent == user_agent


def test_the_updater_names_another_version_than_the_application() -> None:
    phone = identify(mac="0004f2abcdef", model="VVX_500", firmware="5.9.7.4477")
    application = "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application"
    assert phone.http_user_agent(Program.APPLICATION) == application
    assert phone.http_user_agent(Program.UPDATER) == "FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater"


def test_before_uc_software_4_a_phone_says_no_type_and_its_boot_rom_speaks_first() -> None:
    phone = identify(mac="0004f2abcdef", model="SPIP_601", firmware="3.1.8.0070")
    application = "FileTransport PolycomSoundPointIP-SPIP_601-UA/3.1.8.0070"
    assert phone.http_user_agent(Program.APPLICATION) == application
    assert phone.http_user_agent(Program.UPDATER) == "FileTransport PolycomSoundPointIP-SPIP_601-UA/4.2.2.0710"


@pytest.mark.parametrize(
    ("firmware", "is_uc_software", "is_old"),
    [("2.1.3", False, True), ("3.2.7.0198", False, True), ("3.3.5.0247", False, False), ("4.0.1", True, False)],
)
def test_a_firmware_belongs_to_a_generation(firmware: str, is_uc_software: bool, is_old: bool) -> None:
    phone = identify(mac="0004f2abcdef", model="SPIP_330", firmware=firmware)
    assert (phone.is_uc_software, phone.reads_old_form_only) == (is_uc_software, is_old)


def test_a_mac_is_taken_in_any_spelling() -> None:
    assert identify(mac="00:04:F2-AB.CD:EF", model="VVX_410", firmware="5.9.5.0614").mac == "0004f2abcdef"


@pytest.mark.parametrize(
    ("mac", "model"), [("0004f2", "VVX_410"), ("0004f2abcdeg", "VVX_410"), ("0004f2abcdef", "SPA")]
)
def test_what_is_no_such_phone_is_refused(mac: str, model: str) -> None:
    with pytest.raises(ValueError, match="not a "):
        identify(mac=mac, model=model, firmware="5.9.5.0614")
