import pytest

from autoprov_phones.own_directory import learns_own_directory
from autoprov_phones.polycom_master import OLD_MODELS
from autoprov_phones.sipxconfig_models import load_models


@pytest.mark.parametrize("firmware", ["2.1.3.0014", "3.1.8.0070", "3.2.7.0198"])
def test_before_uc_software_3_3_a_phone_does_not_learn_it(firmware: str) -> None:
    assert not learns_own_directory(model_id="polycom550", firmware=firmware)


@pytest.mark.parametrize("firmware", ["3.3.5.0247", "4.0.15.1009", "5.9.7.3480", "", "Reception"])
def test_later_and_where_nothing_is_known_it_does(firmware: str) -> None:
    assert learns_own_directory(model_id="polycom550", firmware=firmware)


def test_a_model_that_never_came_so_far_does_not_whatever_is_known() -> None:
    old = [model for model in load_models() if not learns_own_directory(model_id=model, firmware="")]
    assert len(old) == len(OLD_MODELS)
