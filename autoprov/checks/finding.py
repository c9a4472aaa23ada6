"""One thing that ``autoprov check`` looked at."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much a finding matters; the value is what is printed."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do where it is not ok."""

    level: Level
    what: str
    mend: str = ""
