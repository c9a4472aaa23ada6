import json
import re
from pathlib import Path

import pytest

from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.sipxconfig_models import (
    ModelMatch,
    OperatorModel,
    SipxconfigModel,
    UnknownModel,
    load_models,
    match_model,
)
from autoprov_phones.user_agents import recognise
from tests.shared_data import shared_data


def software(model: str, firmware: str = "5.5.1.23866", *, vendor: str = "polycom") -> PhoneSoftware:
    return PhoneSoftware(vendor, "any", model, firmware)


def test_the_table_has_sipxconfigs_phones_in_its_order() -> None:
    models = load_models()
    assert len(models) == 165
    assert list(models) == sorted(models), "by code point, as the server does: SPA501G stands before aastra53i"
    assert models["polycom320"] == SipxconfigModel(
        "polycom320",
        "Polycom SoundPoint IP 320",
        "Polycom",
        ("polycom3.2.X", "polycom4.0.X"),
        "polycom4.0.X",
        2,
        r"^[a-f\d]{12}$",
    )


def test_some_models_have_no_vendor_and_no_versions() -> None:
    models = load_models()
    assert models["SPA501G"].vendor is None
    assert models["polycom4000"].versions == ()


def test_every_serial_number_pattern_is_one() -> None:
    for model in load_models().values():
        assert re.fullmatch(model.serial_number_pattern, "0004f2abcdef")


def test_the_table_is_read_once() -> None:
    assert load_models() is load_models()


def test_the_table_equals_the_collected_one() -> None:
    rows = json.loads(shared_data("sipxconfig", "models.json").read_text())["phones"]
    collected = {
        row["modelId"]: SipxconfigModel(
            row["modelId"],
            row["label"],
            row["vendor"],
            tuple(row["versions"]),
            row["defaultVersion"],
            row["maxLineCount"],
            row["serialNumberPattern"],
        )
        for row in rows
    }
    assert dict(load_models()) == collected


def test_the_order_is_that_of_a_recorded_answer() -> None:
    recording: Path = shared_data("sipxconfig", "wire", "197-api-models-json.txt")
    body = recording.read_text().rpartition("\n\n")[2]
    listed = [model["modelId"] for model in json.loads(body)["models"]]
    assert [model_id for model_id in load_models() if model_id in set(listed)] == listed


@pytest.mark.parametrize(
    ("token", "model_id"),
    [
        ("SPIP_300", "polycom300"),
        ("SPIP_335", "polycom335"),
        ("SPIP_670", "polycom670"),
        ("SPIP_6000", "polycom6000"),
        ("SSIP_5000", "polycom5000"),
        ("SSIP_7000", "polycom7000"),
        ("VVX_101", "polycomVVX101"),
        ("VVX_1500", "polycomVVX1500"),
        ("Trio_8800", "polycomRealPresenceTrio"),
        ("Trio_Visual+", "polycomRealPresenceTrio"),
    ],
)
def test_a_polycom_is_created_as_sipxconfigs_model(token: str, model_id: str) -> None:
    match = match_model(software(token), operator_map={})
    assert isinstance(match, ModelMatch)
    assert match.model_id == model_id
    assert match.version in load_models()[model_id].versions


@pytest.mark.parametrize("token", ["CCX_500", "Edge_E450", "Edge_B30", "SSDuo", "VVX_D230", "VVX_999", "SPIP_000"])
def test_a_model_that_sipxconfig_lacks_is_said_and_never_guessed(token: str) -> None:
    match = match_model(software(token), operator_map={})
    assert isinstance(match, UnknownModel)
    assert f'"{token}" = {{ model_id = "...", version = "..." }}' in match.reason
    assert "[models]" in match.reason


def test_a_token_of_another_make_is_not_read_by_polycoms_rule() -> None:
    assert isinstance(match_model(software("SPIP_335", vendor="acme"), operator_map={}), UnknownModel)


def test_the_soundstation_4000_has_no_version_to_send() -> None:
    assert match_model(software("SSIP_4000", "3.1.8.0070"), operator_map={}) == ModelMatch("polycom4000", None)


def test_the_operators_word_comes_first() -> None:
    operators = {"CCX_500": OperatorModel("polycomVVX501", "polycom5.5.2"), "VVX_500": OperatorModel("mine", "mine1")}
    assert match_model(software("CCX_500", "9.4.1.0508"), operator_map=operators) == ModelMatch(
        "polycomVVX501", "polycom5.5.2"
    )
    assert match_model(software("VVX_500"), operator_map=operators) == ModelMatch("mine", "mine1")


def test_the_operators_token_is_read_in_either_case() -> None:
    operators = {"edge_e450": OperatorModel("polycomVVX450", "polycom5.5.2")}
    assert match_model(software("Edge_E450"), operator_map=operators) == ModelMatch("polycomVVX450", "polycom5.5.2")


def test_the_operators_model_may_leave_the_version_to_the_firmware() -> None:
    """sipXconfig stores a Polycom without version, but then spoils the model's default for all after it."""
    operators = {"CCX_500": OperatorModel("polycomVVX501", None)}
    assert match_model(software("CCX_500", "9.4.1.0508"), operator_map=operators) == ModelMatch(
        "polycomVVX501", "polycom5.5.2"
    )


def test_a_model_of_a_newer_config_system_is_honoured() -> None:
    operators = {"CCX_500": OperatorModel("polyCCX500", None), "CCX_700": OperatorModel("polyCCX700", "poly9")}
    assert match_model(software("CCX_500"), operator_map=operators) == ModelMatch("polyCCX500", None)
    assert match_model(software("CCX_700"), operator_map=operators) == ModelMatch("polyCCX700", "poly9")


def test_every_collected_polycom_finds_its_model_or_is_unknown() -> None:
    rows = [json.loads(line) for line in shared_data("user_agents", "user_agents.jsonl").read_text().splitlines()]
    for known in filter(None, (recognise(row["ua"]) for row in rows)):
        match = match_model(known, operator_map={})
        assert isinstance(match, UnknownModel) == (known.family in {"CCX", "Edge E"})
