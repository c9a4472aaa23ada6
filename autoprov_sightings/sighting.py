"""One thing that happened to one phone."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from autoprov_phones.mac import MacAddress


class Stage(Enum):
    """Where along its way the phone was seen."""

    FETCH = "fetch"
    REGISTER = "register"
    CONFIG = "config"
    RESYNC = "resync"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A line of a phone's timeline.

    *mac* is None where the phone did not say who it is (a fetch of ``000000000000.cfg``). *at* is aware. *verdict* is
    a word or two that can be filtered by (``accepted``, ``not found``); *detail* is for the reader; *address* is the
    phone's, as its packets showed it, and ``""`` where it took no part. Never a password in any of them.
    """

    mac: MacAddress | None
    at: datetime
    stage: Stage
    verdict: str
    detail: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """How often one address was refused files of one phone for one reason; *mac* as in ``Sighting``."""

    verdict: str
    address: str
    mac: MacAddress | None
    count: int
