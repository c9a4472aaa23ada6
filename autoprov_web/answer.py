"""What a phone gets back. There are four kinds, and none is ever 405 or 500 (phones stop at those)."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from autoprov_phones.unique_id import UniqueId

_XML = "text/xml; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """*verdict* says in a few plain words what was decided; *unique_id* is set with the registration file alone.

    The edge adds Content-Length, and leaves the body out for HEAD.
    """

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes
    verdict: str
    unique_id: UniqueId | None = None


def phone_file(body: bytes, *, verdict: str, unique_id: UniqueId | None = None) -> Answer:
    """200 with one of the phone's files."""
    return Answer(HTTPStatus.OK, _headers(_XML), body, verdict, unique_id)


def not_found(verdict: str = "no such file") -> Answer:
    """404: there is no such file, and the phone goes on without it."""
    return Answer(HTTPStatus.NOT_FOUND, _headers(_TEXT), b"no such file\n", f"404: {verdict}")


def try_later(reason: str, *, retry_after: timedelta) -> Answer:
    """503: there may be such a file, the phone should ask again; *reason* is for us, the phone is not told."""
    headers = (*_headers(_TEXT), ("Retry-After", str(max(1, round(retry_after.total_seconds())))))
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, headers, b"try again later\n", f"503: {reason}")


def accepted_and_dropped() -> Answer:
    """200 to a phone that uploads a log: any other answer makes it upload again."""
    return Answer(HTTPStatus.OK, _headers(_TEXT), b"", "log accepted and dropped")


def _headers(content_type: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", content_type), ("Cache-Control", "no-store"))
