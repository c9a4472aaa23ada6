"""The config system does not answer as it should: said plainly, never shown as an empty table."""

from dataclasses import dataclass
from http import HTTPStatus

from sipxconfig_client.errors import AccessDenied, NotOffered, Refused, Unreachable

ConfigSystemError = Unreachable | AccessDenied | Refused


@dataclass(frozen=True, slots=True)
class Outage:
    """*reason* is the client's own text."""

    status: HTTPStatus
    heading: str
    advice: str
    reason: str


def outage(error: ConfigSystemError) -> Outage:
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
                "This sipXconfig cannot tell its phones",
                "It is older than 14.10: it takes new phones, but neither lists them nor takes lines. Look at its own "
                "pages, under Devices, Phones; autoprov timeline MAC tells what was seen of a phone.",
                str(error),
            )
        case Refused():
            return Outage(
                HTTPStatus.BAD_GATEWAY,
                "The config system refused the request",
                "It answered, but would not say which phones there are. Its reason stands below; its log may say more.",
                str(error),
            )
