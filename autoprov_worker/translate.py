"""A detected phone in the config system's words. Pure."""

from collections.abc import Mapping

from autoprov_phones.description import describe
from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.sipxconfig_models import OperatorModel, UnknownModel, match_model
from sipxconfig_client.values import NewPhone


def translate(
    phone: DetectedPhone, *, operator_models: Mapping[str, OperatorModel], on_sipxecs: bool = False
) -> NewPhone | UnknownModel:
    """The record to create; never a guessed model.

    The firmware is that of the REGISTER's User-Agent, which is the phone's application, not its updater.
    """
    match = match_model(phone.software, operator_map=operator_models)
    if isinstance(match, UnknownModel):
        return match
    return NewPhone(phone.tag.mac, match.model_id, match.version, describe(phone, on_sipxecs=on_sipxecs).text)
