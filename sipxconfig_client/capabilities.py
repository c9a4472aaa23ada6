"""What a config system speaks, and so what it can do and tell (contract 0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sipxconfig_client.values import Model


class Generation(Enum):
    """Which of sipXconfig's two interfaces is used; the value is for the operator."""

    NEW_API = "REST API (14.10 and later)"
    OLD_REST = "old REST (before 14.10)"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What was found at the last probe.

    *takes_version* is about the old REST's ``<version>``, which 4.6.0 and earlier refuse with all that stands beside
    it. *models* are the config system's own, by id; the old REST tells none.
    """

    generation: Generation
    takes_version: bool = True
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])

    @property
    def tells_phones(self) -> bool:
        """Whether phones can be listed and looked up, and so whether anybody can say that one is unassigned."""
        return self.generation is Generation.NEW_API

    @property
    def changes_phones(self) -> bool:
        """Whether a Description can be brought up to date and a line be added."""
        return self.generation is Generation.NEW_API

    @property
    def words(self) -> str:
        """For the operator."""
        version = "" if self.takes_version else ", takes no version"
        return f"{self.generation.value}{version}"
