"""The phone models that one config system knows, and the version that a new phone of each gets unasked."""

from collections.abc import Mapping
from typing import Final

from autoprov_phones.sipxconfig_models import SipxconfigModel, load_models

_STICKY_VENDOR: Final = "Polycom"


class Catalogue:
    """Models by id: sipXconfig's, unless others are given, and *own*, which sipXconfig lacks.

    Default versions are mutable, as sipXconfig's are (contract 1.3): a Polycom model's is whatever version was last
    set on, or read for, any phone of that model. A new catalogue begins with the table's.
    """

    def __init__(
        self, models: Mapping[str, SipxconfigModel] | None = None, *, own: Mapping[str, SipxconfigModel] | None = None
    ) -> None:
        theirs = dict(load_models() if models is None else models)
        self._own = {name: model for name, model in (own or {}).items() if name not in theirs}
        self._models = self._own | theirs
        self._defaults = {model.model_id: model.default_version for model in self._models.values()}
        self._version_names = {model.vendor: frozenset[str]() for model in self._models.values()}
        for model in self._models.values():
            self._version_names[model.vendor] |= frozenset(model.versions)

    def offered(self) -> list[SipxconfigModel]:
        """All models, sorted by id as sipXconfig sorts them: capitals first."""
        return [model for _, model in sorted(self._models.items())]

    def model(self, model_id: str) -> SipxconfigModel | None:
        """The model of a phone to be created."""
        return self._models.get(model_id)

    def is_own(self, model_id: str) -> bool:
        """Whether no sipXconfig has this model."""
        return model_id in self._own

    def of_stored_phone(self, model_id: str) -> SipxconfigModel:
        """The model of a phone that is there; its file may come from an installation that knew more of them."""
        return self._models.get(model_id) or SipxconfigModel(
            model_id=model_id,
            label=model_id,
            vendor=None,
            versions=(),
            default_version=None,
            max_line_count=1,
            serial_number_pattern=r"^[a-f\d]{12}$",
        )

    def version_names(self, vendor: str | None) -> frozenset[str]:
        """Every version name of a maker: sipXconfig takes any of them for any of its models (contract 2.4)."""
        return self._version_names.get(vendor, frozenset())

    def default_version(self, model_id: str) -> str | None:
        """The version of a new phone whose request names none that fits."""
        return self._defaults.get(model_id)

    def note_version(self, model_id: str, version: str | None) -> None:
        """A phone of this model was read, or given this version."""
        model = self._models.get(model_id)
        if model is not None and model.vendor == _STICKY_VENDOR:
            self._defaults[model_id] = version
