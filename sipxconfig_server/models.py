"""The phone models that the embedded config system knows: sipXconfig's own."""

from functools import cache

from autoprov_phones.sipxconfig_models import SipxconfigModel, load_models


def offered_models() -> list[SipxconfigModel]:
    """All models, sorted by id as sipXconfig sorts them: capitals first."""
    return [model for _, model in sorted(load_models().items())]


def model_named(model_id: str) -> SipxconfigModel | None:
    """The model of a phone to be created."""
    return load_models().get(model_id)


def model_of_stored_phone(model_id: str) -> SipxconfigModel:
    """The model of a phone that is there; a file may come from an installation whose table had more of them."""
    return load_models().get(model_id) or SipxconfigModel(
        model_id=model_id,
        label=model_id,
        vendor=None,
        versions=(),
        default_version=None,
        max_line_count=1,
        serial_number_pattern=r"^[a-f\d]{12}$",
    )


@cache
def version_names(vendor: str | None) -> frozenset[str]:
    """Every version name of a maker: sipXconfig takes any of them for any of its models (contract 2.4)."""
    return frozenset(name for model in load_models().values() if model.vendor == vendor for name in model.versions)
