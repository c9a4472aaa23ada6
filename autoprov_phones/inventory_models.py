"""The models that the embedded inventory has beside sipXconfig's own: newer makes, and gateways.

No real sipXconfig knows them, so none of this may be used where the config system is one.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, TypedDict

from autoprov_phones.sipxconfig_models import OperatorModel, SipxconfigModel, load_models

_MARK: Final = " (autoprov)"
_MAC_PATTERN: Final = r"^[a-f\d]{12}$"


class _Row(TypedDict):
    model_id: str
    label: str
    vendor: str
    max_line_count: int
    tokens: list[str]


@cache
def load_inventory_models() -> Mapping[str, SipxconfigModel]:
    """Our own models by id; every label ends in ``(autoprov)``, and none has versions."""
    models = (
        SipxconfigModel(
            model_id=row["model_id"],
            label=row["label"] + _MARK,
            vendor=row["vendor"],
            versions=(),
            default_version=None,
            max_line_count=row["max_line_count"],
            serial_number_pattern=_MAC_PATTERN,
        )
        for row in _rows()
    )
    return MappingProxyType({model.model_id: model for model in models})


def find_model(model_id: str) -> SipxconfigModel | None:
    """sipXconfig's model of this id, or ours where it has none."""
    return load_models().get(model_id) or load_inventory_models().get(model_id)


def with_inventory_models(operator_map: Mapping[str, OperatorModel]) -> dict[str, OperatorModel]:
    """The operator's answers, and ours for what neither they nor sipXconfig's table has a model for."""
    operators = {token.casefold() for token in operator_map}
    ours = {token: OperatorModel(row["model_id"], None) for row in _rows() for token in row["tokens"]}
    return {token: model for token, model in ours.items() if token.casefold() not in operators} | dict(operator_map)


@cache
def _rows() -> tuple[_Row, ...]:
    text = resources.files("autoprov_phones").joinpath("inventory_models.json").read_text(encoding="utf-8")
    table: dict[str, list[_Row]] = json.loads(text)
    return tuple(table["models"])
