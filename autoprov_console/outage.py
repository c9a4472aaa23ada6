"""What the page is made of cannot be had: said plainly, never shown as an empty table."""

from dataclasses import dataclass
from http import HTTPStatus

from autoprov_queue.errors import QueueUnavailable
from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable

Outages = Unreachable | AccessDenied | Refused | QueueUnavailable


@dataclass(frozen=True, slots=True)
class Outage:
    """*reason* is the client's own text."""

    status: HTTPStatus
    heading: str
    advice: str
    reason: str


def outage(error: Outages) -> Outage:
    """What to tell the person at the page, and who has to do what."""
    match error:
        case Unreachable():
            return Outage(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The config system does not answer",
                "So this page cannot tell which phones there are. Nothing is lost: phones that register meanwhile are "
                "queued and created later. Look whether the config system runs and is reachable from this machine.",
                str(error),
            )
        case AccessDenied():
            return Outage(
                HTTPStatus.BAD_GATEWAY,
                "The config system does not let us in",
                "The user name or password in the settings is wrong, or the user is no administrator. "
                "Mend it in the settings, then start autoprov again.",
                str(error),
            )
        case NotOffered():
            return Outage(
                HTTPStatus.NOT_IMPLEMENTED,
                "This sipXconfig takes no lines",
                "It is older than 14.10: it takes new phones, but neither lists them nor takes lines. Assign the phone "
                "on its own pages, under Devices, Phones.",
                str(error),
            )
        case QueueUnavailable():
            return Outage(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Our own records cannot be read",
                "This sipXconfig cannot list its phones, and the queue, which knows what we sent there, cannot be read "
                "now.",
                str(error),
            )
        case Refused():
            return Outage(
                HTTPStatus.BAD_GATEWAY,
                "The config system refused the request",
                "It answered, but would not say which phones there are. Its reason stands below; its log may say more.",
                str(error),
            )
