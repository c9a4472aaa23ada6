"""What became of mirrored datagrams: counted, and told to the log in few lines however many there are."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

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


@dataclass(slots=True)
class _Trouble:
    """One reason, that no other may hide: strangers can cause some of them at will."""

    recurring: RecurringTrouble
    told: int = 0
    last_sender: str = ""
    went_well: int = 0
    """Registrations that came from *last_sender*: that others are of use says nothing of his."""


class HepTally:
    """Written by one thread; ``counts`` may be read by others. Trouble that goes on is told ever less often."""

    def __init__(self, *, first_pause: timedelta) -> None:
        self._accepted = 0
        self._not_used: Counter[NotUsed] = Counter()
        self._lost = 0
        self._troubles = {reason: _Trouble(RecurringTrouble(first_pause=first_pause)) for reason in TROUBLE}
        self._losing = RecurringTrouble(first_pause=first_pause)
        self._told_lost = 0
        self._senders: set[str] = set()

    @property
    def counts(self) -> HepCounts:
        """So far."""
        return HepCounts(self._accepted, dict(self._not_used), self._lost)

    def count_accepted(self, sender: str) -> None:
        """A datagram completed a registration; a sender's first is told."""
        self._accepted += 1
        for trouble in self._troubles.values():
            trouble.went_well += trouble.last_sender == sender
        if sender not in self._senders and len(self._senders) < _MOST_SENDERS:
            self._senders.add(sender)
            logger.info("registrations are mirrored", extra={"sender": sender})

    def count_not_used(self, reason: NotUsed, sender: str) -> None:
        """A datagram completed none."""
        self._not_used[reason] += 1
        if reason in self._troubles:
            self._troubles[reason].last_sender = sender

    def count_lost(self, in_all: int) -> None:
        """So many did not fit into the buffer since the start."""
        self._lost = in_all

    def tell(self, *, buffer_bytes: int, now: timedelta, is_last: bool = False) -> None:
        """What went wrong since it was told last, where that is due; with *is_last* it is.

        *now* is by a clock that nobody sets.
        """
        for reason, trouble in self._troubles.items():
            self._tell_trouble(reason, trouble, now, is_last)
        heard = self._accepted + self._not_used.total()
        match self._losing.look(self._lost, went_well=heard, now=now, is_last=is_last):
            case Moment.TROUBLE:
                self._tell_losses(buffer_bytes)
            case Moment.OVER:
                logger.info("mirrored datagrams are no longer lost", extra={"lost_in_all": self._lost})
            case None:
                pass

    def _tell_trouble(self, reason: NotUsed, trouble: _Trouble, now: timedelta, is_last: bool) -> None:
        count = self._not_used[reason]
        match trouble.recurring.look(count, went_well=trouble.went_well, now=now, is_last=is_last):
            case Moment.TROUBLE:
                facts = {"trouble": f"{count - trouble.told} {reason.value}", "last_sender": trouble.last_sender}
                trouble.told = count
                logger.warning("mirrored datagrams of no use", extra=facts)
            case Moment.OVER:
                facts = {"over": reason.value, "last_sender": trouble.last_sender}
                logger.info("mirrored datagrams are of use again", extra=facts)
            case None:
                pass

    def _tell_losses(self, buffer_bytes: int) -> None:
        lost, self._told_lost = self._lost - self._told_lost, self._lost
        remedy = "raise net.core.rmem_max, or let the sender mirror less"
        facts = {"lost": lost, "buffer_bytes": buffer_bytes, "remedy": remedy}
        logger.warning("mirrored datagrams lost, the receive buffer is too small", extra=facts)
