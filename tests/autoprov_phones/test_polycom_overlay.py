from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from autoprov_phones.polycom_document import is_text, write_document
from autoprov_phones.polycom_overlay import (
    Overlay,
    OverlaySyntaxError,
    Parameter,
    effective_parameters,
    model_token,
    parameter_groups,
    read_parameters,
)
from autoprov_phones.polycom_reading import parameters_of
from tests.shared_data import shared_data


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(OverlaySyntaxError) as caught:
        read_parameters("site.conf", text)
    return caught.value.problems


def test_a_line_is_a_name_and_a_value() -> None:
    text = "# time\n\n  tcpIpApp.sntp.address = ntp.example.org  \r\n\ttcpIpApp.sntp.gmtOffset=3600\n"
    assert read_parameters("site.conf", text) == (
        Parameter("tcpIpApp.sntp.address", "ntp.example.org", "site.conf:3"),
        Parameter("tcpIpApp.sntp.gmtOffset", "3600", "site.conf:4"),
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a.b = [2-9]11|0T|# not a comment", "[2-9]11|0T|# not a comment"),
        ("a.b = x = y", "x = y"),
        ("a.b =", ""),
        ('a.b = ""', ""),
        ('a.b = "  two blanks  "', "  two blanks  "),
        ('a.b = "say "hello" now"', 'say "hello" now'),
        ("a.b = it's", "it's"),
        ("a.b = Grüße", "Grüße"),
    ],
)
def test_a_value_is_taken_as_it_is_typed(written: str, value: str) -> None:
    (parameter,) = read_parameters("site.conf", written)
    assert parameter.value == value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("tcpIpApp.sntp.address", "is not 'name = value'"),
        ("= ntp.example.org", "has no name such as tcpIpApp.sntp.address in front of the '='"),
        ("address = x", "has no name such as tcpIpApp.sntp.address in front of the '='"),
        ("tcpIpApp..address = x", "has no name such as tcpIpApp.sntp.address in front of the '='"),
        ("tcpIpApp.sntp address = x", "has no name such as tcpIpApp.sntp.address in front of the '='"),
        ("1.a = x", "has no name such as tcpIpApp.sntp.address in front of the '='"),
        ('a.b = "open', "a.b: the quote is not closed at the end of the line"),
        ('a.b = "', "a.b: the quote is not closed at the end of the line"),
        ("a.b = \x07", "a.b holds a character that a phone file cannot carry"),
        ("Device.auth.localAdminPassword = 1", "Device.auth.localAdminPassword is spelled with a small d, device."),
        (
            "reg.1.address = 200",
            "reg.1.address cannot be set here: lines are assigned on the page; this would replace the phone's own",
        ),
        (
            "device.prov.serverName = x",
            "device.prov.serverName cannot be set here: the phone would look for its files elsewhere",
        ),
        (
            "device.dhcp.bootSrvUseOpt = Default",
            "device.dhcp.bootSrvUseOpt cannot be set here: the phone would look for its files elsewhere",
        ),
        (
            "voIpProt.SIP.specialEvent.checkSync.alwaysReboot = 0",
            "voIpProt.SIP.specialEvent.checkSync.alwaysReboot cannot be set here: "
            "the phone would not fetch its files when it is told to",
        ),
        (
            "device.PROV.serverName = x",
            "device.PROV.serverName cannot be set here: the phone would look for its files elsewhere",
        ),
        (
            "voIpProt.SIP.specialEvent.CheckSync.alwaysReboot = 0",
            "voIpProt.SIP.specialEvent.CheckSync.alwaysReboot cannot be set here: "
            "the phone would not fetch its files when it is told to",
        ),
        ("device.set = 1", "device.set cannot be set here: is added by itself to each device. parameter"),
        (
            "device.net.vlanId.set = 1",
            "device.net.vlanId.set cannot be set here: is added by itself to each device. parameter",
        ),
    ],
)
def test_a_line_that_cannot_be_used_says_where_and_why(line: str, reason: str) -> None:
    assert problems_of(f"# one\n{line}\n") == (f"site.conf:2: {reason}",)


def test_all_problems_are_said_at_once_and_no_value() -> None:
    text = "a.b = 1\nnonsense\na.B = 2\ndevice.auth.localAdminPassword = s3cret\x01\n"
    assert problems_of(text) == (
        "site.conf:2: is not 'name = value'",
        "site.conf:3: a.B stands already in site.conf:1",
        "site.conf:4: device.auth.localAdminPassword holds a character that a phone file cannot carry",
    )


@pytest.mark.parametrize(
    "name",
    [
        "device.auth.localAdminPassword",
        "device.logincred.pin",
        "device.net.dot1x.password",
        "device.wifi.psk",
        "sec.encryption.key",
        "apps.push.passwd",
        "device.sec.client.secret",
        "device.wifi.wep.key1",
        "device.wifi.wpa2PSK",
        "device.sec.TLS.customDeviceKey2",
        "sec.TLS.customDeviceKey.1",
        "device.snmp.readCommunity",
        "login.passcode",
        "call.conference.userPwd",
    ],
)
def test_a_secret_is_told_by_its_name(name: str) -> None:
    assert Parameter(name, "1234", "site.conf:1").is_secret


@pytest.mark.parametrize(
    "name",
    [
        "lineKey.1.category",
        "feature.enhancedFeatureKeys.enabled",
        "up.pinning.mode",
        "device.auth.localAdminPassword.set",
        "sec.pwd.length.admin",
        "msg.bypassInstantMessage",
    ],
)
def test_a_key_or_a_switch_on_the_phone_is_no_secret(name: str) -> None:
    assert not Parameter(name, "1", "site.conf:1").is_secret


def test_a_password_in_a_url_is_a_secret() -> None:
    assert Parameter("mb.main.home", "http://user:pw@intranet/", "site.conf:1").is_secret
    assert Parameter("mb.main.home", "http://intranet/?user=u&Password=pw", "site.conf:1").is_secret
    assert not Parameter("mb.main.home", "http://intranet/a@b", "site.conf:1").is_secret
    assert not Parameter("mb.main.home", "http://intranet/?page=2", "site.conf:1").is_secret


def test_no_value_shows_in_a_parameters_repr() -> None:
    assert "s3cret" not in repr(read_parameters("site.conf", "a.password = s3cret"))


def test_a_models_line_wins_over_the_sites_and_says_what_it_shadows() -> None:
    ours, theirs = Parameter("up.timeout", "5", "VVX_410.conf:1"), Parameter("up.timeout", "9", "site.conf:1")
    ntp = Parameter("tcpIpApp.sntp.address", "ntp", "site.conf:2")
    overlay = Overlay(site=(theirs, ntp), models={"vvx_410": (ours,)})
    taken = effective_parameters(overlay, "vvx_410")
    assert [(each.parameter, each.shadowed) for each in taken] == [(ntp, ()), (ours, (theirs,))]
    assert [each.parameter for each in effective_parameters(overlay, "vvx_500")] == [ntp, theirs]


def test_what_goes_into_the_flash_gets_its_switches() -> None:
    parameters = read_parameters("site.conf", "device.net.vlanId = 7\nup.timeout = 5")
    assert parameter_groups(parameters) == {
        "device": {"device.net.vlanId": "7", "device.set": "1", "device.net.vlanId.set": "1"},
        "up": {"up.timeout": "5"},
    }


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("VVX_410", "VVX_410"),
        ("vvx_410", "VVX_410"),
        ("spip_601", "SPIP_601"),
        ("SPIP_6000", "SPIP_6000"),
        ("trio_8800", "Trio_8800"),
        ("Trio_Visual+", "Trio_Visual+"),
        ("Edge_E450", "Edge_E450"),
        ("edge_e450", "Edge_E450"),
        ("SSDuo", "SSDuo"),
        ("VX_410", None),
        ("VVX410", None),
        ("SPA_504G", None),
        ("", None),
        ("VVX_410-UA/1", None),
    ],
)
def test_a_model_is_meant_in_any_case_and_spelled_as_in_its_user_agent(text: str, token: str | None) -> None:
    assert model_token(text) == token


_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,8}(\.[A-Za-z0-9_-]{1,8}){1,3}", fullmatch=True)
_VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=40).filter(is_text)


@given(st.dictionaries(_NAMES, _VALUES, max_size=8))
def test_what_is_read_reaches_the_phone_as_it_was_typed(typed: dict[str, str]) -> None:
    text = "".join(f'{name} = "{value}"\n' for name, value in typed.items())
    try:
        parameters = read_parameters("site.conf", text)
    except OverlaySyntaxError:
        return
    written = etree.fromstring(write_document("polycomConfig", {}, parameter_groups(parameters)))
    found = {str(name): str(value) for element in written for name, value in element.attrib.items()}
    assert typed.items() <= found.items()


@given(st.text())
def test_any_text_is_parameters_or_our_error_that_names_a_line(text: str) -> None:
    try:
        parameters = read_parameters("site.conf", text)
    except OverlaySyntaxError as error:
        problems, parameters = error.problems, ()
    else:
        problems = ("site.conf:1: none",)
    assert problems
    assert all(problem.startswith("site.conf:") for problem in problems)
    assert all(is_text(parameter.value) for parameter in parameters)


def test_the_guides_example_can_be_used_as_it_stands() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "overlay.md").read_text(encoding="utf-8")
    example = guide.split("```")[1]
    parameters = read_parameters("site.conf", example)
    assert len(parameters) == 20
    assert [parameter.name for parameter in parameters if parameter.is_secret] == ["device.auth.localAdminPassword"]


def test_the_guides_example_has_parameters_that_sipxconfig_knows() -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "overlay.md").read_text(encoding="utf-8")
    known = {"device.net.vlanId"}
    for file in shared_data("sipxconfig", "polycom-expected").glob("expected-sipx-*.cfg"):
        known |= set(parameters_of(file.read_bytes()))
    assert {parameter.name for parameter in read_parameters("site.conf", guide.split("```")[1])} <= known
