from autoprov_phones.description import describe
from autoprov_phones.sipxconfig_models import OperatorModel, UnknownModel
from autoprov_worker.translate import translate
from sipxconfig_client.values import NewPhone
from tests.autoprov_queue.values import MAC, detected


def test_a_phone_becomes_the_record_of_its_model_and_firmware() -> None:
    phone = detected(model="VVX_410", firmware="5.9.5.0614")
    new = translate(phone, operator_models={})
    assert isinstance(new, NewPhone)
    assert (new.mac, new.model_id, new.description) == (MAC, "polycomVVX410", describe(phone).text)
    assert new.version is not None
    assert new.version.startswith("polycom5.")


def test_on_a_sipxecs_its_own_id_stands_beside_ours() -> None:
    new = translate(detected(), operator_models={}, on_sipxecs=True)
    assert isinstance(new, NewPhone)
    assert new.description == describe(detected(), on_sipxecs=True).text


def test_a_model_that_the_config_system_lacks_is_not_guessed() -> None:
    unknown = translate(detected(model="CCX_500"), operator_models={})
    assert isinstance(unknown, UnknownModel)
    assert "CCX_500" in unknown.reason


def test_the_operators_own_map_counts() -> None:
    new = translate(detected(model="CCX_500"), operator_models={"CCX_500": OperatorModel("polycomVVX500", None)})
    assert isinstance(new, NewPhone)
    assert new.model_id == "polycomVVX500"
