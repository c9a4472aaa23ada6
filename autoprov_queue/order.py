"""An order: something that one process asks of another about one phone."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from autoprov_phones.mac import MacAddress


class OrderKind(Enum):
    """What is asked, and of whom."""

    FOLLOW = "follow"
    """Of the worker: look at this phone in the config system again, rewrite its spool entry, then re-sync it."""
    RESYNC = "resync"
    """Of the process that holds the phone's registration: send it a check-sync."""


@dataclass(frozen=True, slots=True)
class Order:
    """The one pending order of its kind for a MAC.

    *attempts* counts how often it was taken; *due_at* is when it can be taken (again): the lease's end once taken.
    *claim* and *revision* are the queue's own: an order given again while one is carried out is not lost.
    """

    kind: OrderKind
    mac: MacAddress
    attempts: int
    ordered_at: datetime
    due_at: datetime
    last_answer: str
    claim: str | None
    revision: int
