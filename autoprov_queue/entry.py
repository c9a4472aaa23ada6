"""A detected phone on its way into the config system, and what can become of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from autoprov_phones.detected_phone import DetectedPhone


class EntryState(Enum):
    """Where an entry stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CREATED = "created"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The one entry of a MAC.

    *attempts* counts the claims since the phone last changed. *due_at* is when the entry can be claimed next: the
    lease's end while CLAIMED, None once CREATED or REFUSED. *last_answer* is the last verdict in words, ``""`` before
    the first. *claim* and *revision* are the queue's own: they tell a stale claim from the present one.
    """

    phone: DetectedPhone
    state: EntryState
    attempts: int
    first_seen_at: datetime
    due_at: datetime | None
    last_answer: str
    claim: str | None
    revision: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The phone stands in the config system as it should: CREATED."""

    answer: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """It never will by itself, a person must look: REFUSED."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: WAITING until *due_at*."""

    reason: str
    due_at: datetime


Verdict: TypeAlias = Settled | Rejected | Postponed
