import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoprov_phones.phone_software import Program
from autoprov_phones.polycom_user_agent import document_model, polycom_software, reads_old_form_only
from autoprov_phones.user_agents import recognise
from tests.shared_data import shared_data


@pytest.mark.parametrize(
    ("user_agent", "software"),
    [
        ("FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application", ("VVX_500", 5, False)),
        ("FileTransport PolycomVVX-VVX_500-UA/5.9.7.47435 Type/Updater", ("VVX_500", None, True)),
        ("FileTransport PolycomSoundPointIP-SPIP_601-UA/3.1.2.0392", ("SPIP_601", 3, False)),
        ("FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.2.0710", ("SPIP_335", None, True)),
        ("FileTransport PolycomSoundPointIP-SPIP_601-UA/4.0.0.0423", ("SPIP_601", None, True)),
        (
            "FileTransport PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 (SN:0004a11a1a1a) Type/Application",
            ("SPIP_550", 4, False),
        ),
        ("FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application", ("Edge_E450", 8, False)),
        ("FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application", ("CCX_500", 9, False)),
        ("Polycom/5.4.3.2007 PolycomRealPresenceTrio-Trio_8800-UA/5.4.3.2007", ("Trio_8800", 5, False)),
        ("PolycomRealPresenceTrio-Trio_Visual+-UA/5.7.2.3123", ("Trio_Visual+", 5, False)),
        ("PolycomVVX-VVX_400-UA/4.1.4.7430_010203040506", ("VVX_400", 4, False)),
        ("Microbrowser/1.1 PolycomSoundPointIP-SPIP_550-UA/4.0.15.1047 Type/Application", ("SPIP_550", 4, False)),
        ("PolycomVVX-VVX_600-UA/132.244.41.145", ("VVX_600", None, False)),
        ("Polycom HDX 8000 HD (Release - 2.6.1.3-5205)", ("", None, False)),
        ("Mozilla/5.0", ("", None, False)),
        ("", ("", None, False)),
        ("PolycomVVX-VVX_400-UA/4.1" + "0" * 512, ("", None, False)),
    ],
)
def test_a_phone_says_its_model_and_the_application_its_version(
    user_agent: str, software: tuple[str, int | None, bool]
) -> None:
    assert polycom_software(user_agent) == software


@pytest.mark.parametrize(
    ("user_agent", "is_old"),
    [
        ("FileTransport PolycomSoundPointIP-SPIP_601-UA/3.1.2.0392", True),
        ("FileTransport PolycomSoundPointIP-SPIP_450-UA/3.2.3.1734", True),
        ("FileTransport PolycomSoundPointIP-SPIP_500-UA/2.1.3.0028", True),
        ("FileTransport PolycomSoundPointIP-SPIP_330-UA/3.3.2.0413", False),
        ("FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.2.0710", False),
        ("FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 Type/Application", False),
        ("FileTransport PolycomVVX-VVX_410-UA/3.1.5.0614 Type/Updater", False),
        ("PolycomVVX-VVX_410-UA/", False),
        ("Mozilla/5.0", False),
    ],
)
def test_only_an_application_before_3_3_needs_the_old_form(user_agent: str, is_old: bool) -> None:
    assert reads_old_form_only(user_agent) is is_old


def test_it_agrees_with_the_patterns_on_every_captured_string() -> None:
    lines = shared_data("user_agents", "user_agents.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) > 400
    for row in rows:
        known = recognise(row["ua"])
        expected = known if known is not None and known.vendor == "polycom" else None
        model, major, is_updater = polycom_software(row["ua"])
        assert model == (expected.model if expected else ""), row["ua"]
        if expected is None or is_updater:
            assert major is None
        elif major is not None:
            assert str(major) == expected.firmware.partition(".")[0]


def test_the_updaters_and_boot_roms_of_the_captures_are_told_apart() -> None:
    lines = shared_data("user_agents", "user_agents.jsonl").read_text(encoding="utf-8").splitlines()
    strings = [row["ua"] for row in map(json.loads, lines) if row["vendor"] == "polycom" and row["protocol"] == "http"]
    updaters = {text for text in strings if (known := recognise(text)) and known.program is Program.UPDATER}
    boot_roms = {
        "FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.2.0710",
        "FileTransport PolycomSoundPointIP-VVX_500-UA/4.1.3.0439",  # sipXconfig's test invented it; no VVX says no Type
    }
    assert {text for text in strings if polycom_software(text)[2]} == updaters | boot_roms


@given(st.text(max_size=600) | st.from_regex(r"(FileTransport )?Poly(com)?[A-Z]+-[A-Z]{3}_\w+-UA/[0-9.]*( Type/\w+)?"))
def test_whatever_a_phone_says_there_is_an_answer_and_it_never_contradicts_the_patterns(user_agent: str) -> None:
    model, major, is_updater = polycom_software(user_agent)
    known = recognise(user_agent)
    if known is not None and known.vendor == "polycom":
        assert model == known.model
    assert major is None or not is_updater
    assert not (is_updater and reads_old_form_only(user_agent))


@pytest.mark.parametrize(
    ("token", "name"), [("VVX_410", "vvx_410"), ("Trio_Visual+", "trio_visual_"), ("Edge_E450", "edge_e450")]
)
def test_a_model_has_one_spelling_in_the_names_of_documents(token: str, name: str) -> None:
    assert document_model(token) == name


def test_it_imports_nothing() -> None:
    script = (
        "import sys; before = set(sys.modules); import autoprov_phones.polycom_user_agent; "
        "print(sorted(set(sys.modules) - before))"
    )
    told = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['__future__', 'autoprov_phones', 'autoprov_phones.polycom_user_agent']"
