"""What became of mirrored datagrams: counted, and told to the log in few lines however many there are."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from registrar_plugin.hosts.hep_mirror import TROUBLE, NotUsed
from registrar_plugin.hosts.recurring import Moment, RecurringTrouble

logger = logging.getLogger(__name__)

_MOST_SENDERS = 100


@dataclass(frozen=True, slots=True)
class HepCounts:
    """What became of the datagrams since the start; *lost* did not fit into the kernel's buffer."""

    accepted: int
    not_used: dict[NotUsed, int]
    lost: int


class HepTally:
    """Written by one thread; ``counts`` may be read by others. Trouble that goes on is told ever less often."""

    def __init__(self, *, first_pause: timedelta) -> None:
        self._accepted = 0
        self._not_used: Counter[NotUsed] = Counter()
        self._lost = 0
        self._trouble = RecurringTrouble(first_pause=first_pause)
        self._losing = RecurringTrouble(first_pause=first_pause)
        self._told: Counter[NotUsed] = Counter()
        self._told_lost = 0
        self._last_trouble = ""
        self._senders: set[str] = set()

    @property
    def counts(self) -> HepCounts:
        """So far."""
        return HepCounts(self._accepted, dict(self._not_used), self._lost)

    def count_accepted(self, sender: str) -> None:
        """A datagram completed a registration; a sender's first is told."""
        self._accepted += 1
        if sender not in self._senders and len(self._senders) < _MOST_SENDERS:
            self._senders.add(sender)
            logger.info("registrations are mirrored", extra={"sender": sender})

    def count_not_used(self, reason: NotUsed, sender: str) -> None:
        """A datagram completed none."""
        self._not_used[reason] += 1
        if reason in TROUBLE:
            self._last_trouble = sender

    def count_lost(self, in_all: int) -> None:
        """So many did not fit into the buffer since the start."""
        self._lost = in_all

    def tell(self, *, buffer_bytes: int, now: datetime, is_last: bool = False) -> None:
        """What went wrong since it was told last, where that is due; with *is_last* it is."""
        match self._trouble.look(sum(self._not_used[reason] for reason in TROUBLE), now=now, is_last=is_last):
            case Moment.TROUBLE:
                self._tell_trouble()
            case Moment.OVER:
                logger.info("mirrored datagrams are of use again")
            case None:
                pass
        match self._losing.look(self._lost, now=now, is_last=is_last):
            case Moment.TROUBLE:
                self._tell_losses(buffer_bytes)
            case Moment.OVER:
                logger.info("mirrored datagrams are no longer lost", extra={"lost_in_all": self._lost})
            case None:
                pass

    def _tell_trouble(self) -> None:
        news = {reason: self._not_used[reason] - self._told[reason] for reason in TROUBLE}
        self._told = self._not_used.copy()
        trouble = ", ".join(f"{count} {reason.value}" for reason, count in news.items() if count)
        facts = {"trouble": trouble, "last_sender": self._last_trouble}
        logger.warning("mirrored datagrams of no use", extra=facts)

    def _tell_losses(self, buffer_bytes: int) -> None:
        lost, self._told_lost = self._lost - self._told_lost, self._lost
        remedy = "raise net.core.rmem_max, or let the sender mirror less"
        facts = {"lost": lost, "buffer_bytes": buffer_bytes, "remedy": remedy}
        logger.warning("mirrored datagrams lost, the receive buffer is too small", extra=facts)
