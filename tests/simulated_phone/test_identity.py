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


def test_a_mac_is_taken_in_any_spelling() -> None:
    assert identify(mac="00:04:F2-AB.CD:EF", model="VVX_410", firmware="5.9.5.0614").mac == "0004f2abcdef"


@pytest.mark.parametrize(
    ("mac", "model"), [("0004f2", "VVX_410"), ("0004f2abcdeg", "VVX_410"), ("0004f2abcdef", "SPA")]
)
def test_what_is_no_such_phone_is_refused(mac: str, model: str) -> None:
    with pytest.raises(ValueError, match="not a "):
        identify(mac=mac, model=model, firmware="5.9.5.0614")
