"""What happens to a simulated phone, told as one JSON object a line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

Fact = str | int | float | None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; docs of the names and facts: ``python -m simulated_phone --help``."""

    name: str
    facts: Mapping[str, Fact]

    def to_json_line(self) -> str:
        """``{"event": "fetch", "url": ..., "status": 404}``, no line end; ``from_json_line`` reads it back."""
        return json.dumps({"event": self.name, **self.facts})

    @classmethod
    def from_json_line(cls, line: str) -> "Event":
        """Read what a phone's process printed.

        Raises:
            ValueError, KeyError: no simulated phone wrote this line.
        """
        facts: dict[str, Fact] = json.loads(line)
        name = facts.pop("event")
        return cls(str(name), facts)

    def matches(self, name: str, facts: Mapping[str, Fact]) -> bool:
        """Whether this is event *name* with at least these *facts*."""
        return self.name == name and facts.items() <= self.facts.items()


def happened(name: str, **facts: Fact) -> Event:
    """An event, written as it reads."""
    return Event(name, facts)
