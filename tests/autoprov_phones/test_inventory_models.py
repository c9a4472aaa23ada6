import pytest

from autoprov_phones.inventory_models import find_model, load_inventory_models, with_inventory_models
from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.sipxconfig_models import (
    ModelMatch,
    OperatorModel,
    UnknownModel,
    load_models,
    match_model,
)
from autoprov_phones.user_agents import recognise

OURS = with_inventory_models({})


def software(token: str) -> PhoneSoftware:
    return PhoneSoftware(vendor="polycom", family="", model=token, firmware="9.4.1.0508")


@pytest.mark.parametrize(
    ("user_agent", "model_id"),
    [
        ("FileTransport PolyCCX-CCX_500-UA/9.4.1.0508 (SN:64167f9f4c90) Type/Application", "polyCCX500"),
        ("FileTransport PolyEdge-Edge_E450-UA/8.0.0.15602 Type/Application", "polyEdgeE450"),
    ],
)
def test_phones_that_sipxconfig_lacks_find_our_model(user_agent: str, model_id: str) -> None:
    known = recognise(user_agent)
    assert known is not None
    assert match_model(known, operator_map=OURS) == ModelMatch(model_id, None)
    assert isinstance(match_model(known, operator_map={}), UnknownModel)


def test_none_of_our_models_stands_before_one_of_sipxconfigs() -> None:
    assert not set(load_inventory_models()) & set(load_models())
    for token in OURS:
        assert isinstance(match_model(software(token), operator_map={}), UnknownModel)


def test_the_operators_word_stands_before_ours_in_either_case() -> None:
    merged = with_inventory_models({"ccx_500": OperatorModel("polycomVVX500", "polycom5.5.2")})
    assert match_model(software("CCX_500"), operator_map=merged) == ModelMatch("polycomVVX500", "polycom5.5.2")


def test_every_model_of_ours_says_so() -> None:
    models = load_inventory_models()
    assert len(models) > 40
    assert all(model.label.endswith(" (autoprov)") and not model.versions for model in models.values())
    assert all(model.max_line_count > 0 for model in models.values())
    assert {entry.model_id for entry in OURS.values()} <= set(models)


def test_a_model_is_found_whosever_it_is() -> None:
    for model_id in ("polycomVVX410", "polyCCX700"):
        found = find_model(model_id)
        assert found is not None
        assert found.model_id == model_id
    assert find_model("none such") is None
