"""sipXconfig's phone models, and which of them a recognised phone is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypedDict

from autoprov_phones.phone_software import PhoneSoftware
from autoprov_phones.sipxconfig_versions import choose_version
from autoprov_phones.vendors import VENDORS


@dataclass(frozen=True, slots=True)
class SipxconfigModel:
    """A row of sipXconfig's model table (contract 3).

    *default_version* may be a name that *versions* does not list: sipXconfig's own oddity.
    *serial_number_pattern* is matched whole.
    """

    model_id: str
    label: str
    vendor: str | None
    versions: tuple[str, ...]
    default_version: str | None
    max_line_count: int
    serial_number_pattern: str


@dataclass(frozen=True, slots=True)
class ModelMatch:
    """What a create request says; *version* is an exact name, None for a model that has no versions."""

    model_id: str
    version: str | None


@dataclass(frozen=True, slots=True)
class OperatorModel:
    """The operator's own answer for a model that sipXconfig does not know. No *version*: chosen by the firmware."""

    model_id: str
    version: str | None


@dataclass(frozen=True, slots=True)
class UnknownModel:
    """sipXconfig has no such model; *reason* tells the operator what to do."""

    reason: str


class _Row(TypedDict):
    model_id: str
    label: str
    vendor: str | None
    versions: str
    default_version: str | None
    max_line_count: int
    serial_number: str


class _Table(TypedDict):
    serial_number_patterns: dict[str, str]
    version_lists: dict[str, list[str]]
    phones: list[_Row]


@cache
def load_models() -> Mapping[str, SipxconfigModel]:
    """sipXconfig's 165 phone models by id, in the order in which its API lists them."""
    text = resources.files("autoprov_phones").joinpath("sipxconfig_models.json").read_text(encoding="utf-8")
    table: _Table = json.loads(text)
    models = (
        SipxconfigModel(
            model_id=row["model_id"],
            label=row["label"],
            vendor=row["vendor"],
            versions=tuple(table["version_lists"][row["versions"]]),
            default_version=row["default_version"],
            max_line_count=row["max_line_count"],
            serial_number_pattern=table["serial_number_patterns"][row["serial_number"]],
        )
        for row in table["phones"]
    )
    return MappingProxyType({model.model_id: model for model in models})


def match_model(software: PhoneSoftware, *, operator_map: Mapping[str, OperatorModel]) -> ModelMatch | UnknownModel:
    """The model to create this phone as. Never a guess: the operator's word, or sipXconfig's own name.

    Keys of *operator_map* are tokens as the User-Agent spells them (``CCX_500``), in either case. The operator's
    model is honoured even if our table lacks it, because the config system may be newer than the table.
    """
    models = load_models()
    operators = {token.casefold(): model for token, model in operator_map.items()}.get(software.model.casefold())
    if operators is not None and (operators.version is not None or operators.model_id not in models):
        return ModelMatch(operators.model_id, operators.version)
    model = models.get(operators.model_id if operators is not None else _model_id(software) or "")
    if model is None:
        return UnknownModel(
            f"sipXconfig knows no model for {software.model}; name one in the settings file, in the table [models]: "
            f'"{software.model}" = {{ model_id = "...", version = "..." }}'
        )
    return ModelMatch(model.model_id, choose_version(model.versions, model.default_version, firmware=software.firmware))


def _model_id(software: PhoneSoftware) -> str | None:
    for vendor in VENDORS:
        for rule in vendor.sipxconfig_models if vendor.name == software.vendor else ():
            match = rule.token.fullmatch(software.model)
            if match is not None:
                return match.expand(rule.model_id)
    return None
