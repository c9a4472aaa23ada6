"""How what the superadmin asked for ended, and the sentence that says it. Pure."""

from enum import Enum

from autoprov_phones.mac import MacAddress


class Outcome(Enum):
    """How it ended; the value stands in the address of the page that follows, the words come from ``notice_of``."""

    ASSIGNED = "assigned"
    HAS_TO_BE_LET_IN = "has-to-be-let-in"
    """Assigned, but such a phone cannot show who it is."""
    NOT_TOLD = "not-told"
    ALREADY = "already"
    GONE = "gone"
    LET_IN = "let-in"
    LET_IN_NOT_TOLD = "let-in-not-told"
    NOT_LET_IN = "not-let-in"


def read_outcome(done: str | None, mac: str | None) -> tuple[Outcome, MacAddress] | None:
    """What the page's address says became of which phone; None where it, which anybody may write, names none."""
    try:
        return Outcome(done), MacAddress.parse(mac or "")
    except ValueError:
        return None


def notice_of(outcome: Outcome, mac: MacAddress) -> str:
    """The sentence for the superadmin."""
    match outcome:
        case Outcome.ASSIGNED:
            return f"{mac} has its line. The phone is told to fetch its files, and comes up with the line by itself."
        case Outcome.HAS_TO_BE_LET_IN:
            return (
                f"{mac} has its line, but not its files yet: its firmware is before 3.3 and cannot learn its own "
                f"directory, so it gets 503 until it is let in: autoprov pair {mac} --for 15m, then restart the phone."
            )
        case Outcome.NOT_TOLD:
            return (
                f"{mac} has its line, but the phone could not be told: the queue is not available. Restart the phone."
            )
        case Outcome.ALREADY:
            return f"{mac} was given a line meanwhile. Nothing was changed."
        case Outcome.GONE:
            return f"{mac} is not, or no longer, in the config system. It comes when it boots and registers."
        case Outcome.LET_IN:
            return (
                f"{mac} may fetch its files for 15 minutes, and is told to. If its line is not on the screen by then, "
                "restart the phone and let it in once more."
            )
        case Outcome.LET_IN_NOT_TOLD:
            return f"{mac} may fetch its files for 15 minutes, but could not be told: restart the phone now."
        case Outcome.NOT_LET_IN:
            return f"{mac} was not let in: what phones fetch is not kept here, or cannot be written. See the log."
