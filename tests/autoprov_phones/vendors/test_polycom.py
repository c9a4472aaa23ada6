"""What phones of this make send; the lines above the patterns in the vendor's module are among them."""

import inspect
import re

import pytest

from autoprov_phones.mac import MacAddress
from autoprov_phones.phone_software import PhoneSoftware, Program
from autoprov_phones.user_agents import recognise
from autoprov_phones.vendor import Vendor
from autoprov_phones.vendors import VENDORS, polycom

POINT, STATION, VVX, TRIO = "SoundPoint IP", "SoundStation IP", "VVX", "RealPresence Trio"

SENT = [
    # SIP
    ("PolycomSoundPointIP-SPIP_500-UA/1.4.1", POINT, "SPIP_500", "1.4.1", None),
    ("PolycomSoundPointIP-SPIP_320-UA/3.1.2.0392", POINT, "SPIP_320", "3.1.2.0392", None),
    ("PolycomSoundPointIP-SPIP_670-UA/4.0.12.0926", POINT, "SPIP_670", "4.0.12.0926", None),
    ("PolycomSoundPointIP-SPIP_450-UA/4.0.10.0689_000025CC0001", POINT, "SPIP_450", "4.0.10.0689", "000025cc0001"),
    ("PolycomSoundStationIP-SSIP_4000-UA/3.1.8.0070", STATION, "SSIP_4000", "3.1.8.0070", None),
    ("PolycomSoundStationIP-SSIP_6000-UA/3.3.5.0247_0004f2f18103", STATION, "SSIP_6000", "3.3.5.0247", "0004f2f18103"),
    ("PolycomSoundStationIP-SSIP_7000-UA/4.0.15.1009", STATION, "SSIP_7000", "4.0.15.1009", None),
    ("PolycomSoundStationIP-SPIP_6000-UA/3.0.4.0061", STATION, "SPIP_6000", "3.0.4.0061", None),
    ("PolycomVVX-VVX_1500-UA/3.2.2.0481", VVX, "VVX_1500", "3.2.2.0481", None),
    ("PolycomVVX-VVX_310-UA/4.1.4.7430_0004f2abcdef", VVX, "VVX_310", "4.1.4.7430", "0004f2abcdef"),
    ("PolycomVVX-VVX_310-UA/5.3.0.12768", VVX, "VVX_310", "5.3.0.12768", None),
    ("Polycom/5.5.0.20556 PolycomVVX-VVX_500-UA/5.5.0.20556", VVX, "VVX_500", "5.5.0.20556", None),
    ("PolycomVVX-VVX_450-UA/6.4.3.5018", VVX, "VVX_450", "6.4.3.5018", None),
    ("PolycomVVX-VVX_600-UA/132.244.41.145", VVX, "VVX_600", "132.244.41.145", None),
    ("Polycom/5.4.3.2007 PolycomRealPresenceTrio-Trio_8800-UA/5.4.3.2007", TRIO, "Trio_8800", "5.4.3.2007", None),
    ("PolycomRealPresenceTrio-Trio_Visual+-UA/5.7.2.3123", TRIO, "Trio_Visual+", "5.7.2.3123", None),
    ("PolycomRealPresenceTrio-Trio_C60-UA/7.2.2.1094", TRIO, "Trio_C60", "7.2.2.1094", None),
    ("PolyEdge-Edge_E350-UA/8.3.1.0614_f04ea4691c59", "Edge E", "Edge_E350", "8.3.1.0614", "f04ea4691c59"),
    # HTTP
    ("FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.2.0710", POINT, "SPIP_335", "4.2.2.0710", None),
    (
        "FileTransport PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 (SN:0004a11a1a1a) Type/Application",
        POINT,
        "SPIP_550",
        "4.0.15.1047",
        "0004a11a1a1a",
    ),
    (
        "FileTransport PolycomSoundStationIP-SSIP_5000-UA/4.0.3.7562 (SN:0004f2e765da) Type/Application",
        STATION,
        "SSIP_5000",
        "4.0.3.7562",
        "0004f2e765da",
    ),
    ("FileTransport PolycomSoundPointIP-VVX_500-UA/4.1.3.0439", VVX, "VVX_500", "4.1.3.0439", None),
    ("FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 Type/Application", VVX, "VVX_410", "5.9.5.0614", None),
    (
        "FileTransport PolycomRealPresenceTrio-Trio_8800-UA/7.2.2.1094 (SN:12345) Type/Application",
        TRIO,
        "Trio_8800",
        "7.2.2.1094",
        None,
    ),
    (
        "FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application",
        "CCX",
        "CCX_500",
        "9.4.1.0508",
        "64167f9f4c90",
    ),
    (
        "FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application",
        "Edge E",
        "Edge_E450",
        "8.0.0.15602",
        None,
    ),
    (
        "Microbrowser/1.1 PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 Type/Application",
        POINT,
        "SPIP_550",
        "4.0.15.1047",
        None,
    ),
]

# Nobody captured these; they follow the maker's rules and must not be lost when one registers.
FOLLOWING_THE_RULES = [
    ("PolycomSoundStationDuo-SSDuo-UA/4.0.7.2514", "SoundStation Duo", "SSDuo"),
    ("PolyTrio-Trio_8300-UA/7.1.4.2205", TRIO, "Trio_8300"),
    ("Poly/8.1.0.10000 PolyCCX-CCX_700-UA/8.1.0.10000", "CCX", "CCX_700"),
    ("PolyVVX-VVX_250-UA/6.4.6.2445 (SN:48:25:67:B5:31:3F)", VVX, "VVX_250"),
    ("PolycomVVX-VVX_D230-UA/7.0.2.1234", VVX, "VVX_D230"),
    ("PolyEdge-Edge_B30-UA/1.2.0.0", "Edge B", "Edge_B30"),
    ("PolycomSoundPointIP-SSIP_6000-UA/3.3.5.0247", STATION, "SSIP_6000"),
    ("FileTransport Polycom/5.5.2.8571 PolycomVVX-VVX_310-UA/5.5.2.8571 Type/Application", VVX, "VVX_310"),
]

IMITATIONS = [
    "Polycom",
    "Polycom/5.0",
    "FileTransport Poly",
    "Polycom/SoundPoint-IP_550-UA/3.3.5.0247",
    "PolycomSoundPointIPPhone/VVX_411-UA/6.4.7.1181",
    "Polycom HDX 8000 HD (Release - 2.6.1.3-5205)",
    "PolycomHDX8000HD/3.1.7",
    "PolycomRealPresenceGroup700/6.2.0",
    "PolycomStudioX50/4.1.0",
    "PolycomVVX-VVX_500",
    "PolycomVVX-VVX_500-UA",
    "PolycomVVX-SPA_942-UA/5.5.0.20556",
    "polycomvvx-vvx_500-ua/5.5.0.20556",
    "PolycomVVX-VVX_500-UA/5.5.0.20556 friendly-scanner",
    "friendly-scanner PolycomVVX-VVX_500-UA/5.5.0.20556",
    "FileTransport  PolycomVVX-VVX_500-UA/5.5.0.20556",
    "FileTransport FileTransport PolycomVVX-VVX_500-UA/5.5.0.20556",
    "PolycomVVX-VVX_500-UA/5.5.0.20556_0004f2abcde",
    "PolycomVVX-VVX_500-UA/5.5.0.20556 (SN:0004f2abcdef",
    "PolycomVVX-VVX_٥٠٠-UA/5.5.0.20556",
    "PolycomVVX-VVX_500-UA/5.5.0.20556<script>",
    "Yealink SIP-T46G 28.82.0.20",
]


@pytest.mark.parametrize(("user_agent", "family", "model", "firmware", "mac"), SENT, ids=[row[0] for row in SENT])
def test_a_phone_is_recognised(user_agent: str, family: str, model: str, firmware: str, mac: str | None) -> None:
    said = MacAddress(mac) if mac is not None else None
    assert recognise(user_agent) == PhoneSoftware("polycom", family, model, firmware, said)


@pytest.mark.parametrize(("user_agent", "family", "model"), FOLLOWING_THE_RULES)
def test_a_phone_that_follows_the_rules_is_recognised(user_agent: str, family: str, model: str) -> None:
    software = recognise(user_agent)
    assert software is not None
    assert (software.vendor, software.family, software.model) == ("polycom", family, model)


@pytest.mark.parametrize("user_agent", IMITATIONS)
def test_an_imitation_is_not_recognised(user_agent: str) -> None:
    assert recognise(user_agent) is None


def test_the_updater_says_its_own_version() -> None:
    software = recognise("FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater")
    assert software == PhoneSoftware("polycom", VVX, "VVX_500", "5.9.7.47435", program=Program.UPDATER)


def test_a_version_may_be_missing() -> None:
    assert recognise("PolycomVVX-VVX_500-UA/") == PhoneSoftware("polycom", VVX, "VVX_500", "")
    updater = recognise("FileTransport PolycomVVX-VVX_500-UA/ Type/Updater")
    assert updater == PhoneSoftware("polycom", VVX, "VVX_500", "", program=Program.UPDATER)


def test_a_mac_may_be_spelled_with_colons_and_capitals() -> None:
    software = recognise("PolyVVX-VVX_250-UA/6.4.6.2445 (SN:48:25:67:B5:31:3F)")
    assert software is not None
    assert software.mac == MacAddress("482567b5313f")


def test_every_captured_line_in_a_vendors_module_is_a_case_here() -> None:
    captured = re.findall(r"^ *# (.*-UA/\S*[^\n]*)$", inspect.getsource(polycom), re.MULTILINE)
    tested = {row[0] for row in SENT} | {"FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater"}
    assert len(captured) > 10
    assert set(captured) - tested == set()


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_oui_is_the_first_half_of_a_mac(vendor: Vendor) -> None:
    assert vendor.ouis
    for oui in vendor.ouis:
        assert MacAddress(f"{oui}000000").oui == oui
