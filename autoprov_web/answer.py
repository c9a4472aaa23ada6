"""What a phone gets back. None is ever 405 or 500: phones stop at those."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.unique_id import UniqueId

OK = 200
NOT_MODIFIED = 304
NOT_FOUND = 404
SERVICE_UNAVAILABLE = 503
PHRASES = {OK: "OK", NOT_MODIFIED: "Not Modified", NOT_FOUND: "Not Found", SERVICE_UNAVAILABLE: "Service Unavailable"}

_XML = "text/xml; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"


class Answer:
    """*verdict* says in a few plain words what was decided; *unique_id* is set with the registration file alone.

    *changed_at* (Unix seconds) is there for files: when their content was last other than now. The edge leaves the body
    out for HEAD.
    """

    __slots__ = ("body", "changed_at", "headers", "status", "unique_id", "verdict")

    def __init__(
        self,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
        verdict: str,
        *,
        unique_id: UniqueId | None = None,
        changed_at: float | None = None,
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.verdict = verdict
        self.unique_id = unique_id
        self.changed_at = changed_at


def phone_file(body: bytes, *, verdict: str, changed_at: float, unique_id: UniqueId | None = None) -> Answer:
    """200 with one of the phone's files; nobody between us and the phone may keep it."""
    headers = [("Content-Type", _XML), ("Cache-Control", "private, no-cache")]
    return Answer(OK, headers, body, verdict, unique_id=unique_id, changed_at=changed_at)


def not_found(verdict: str = "no such file") -> Answer:
    """404: there is no such file, and the phone goes on without it."""
    return Answer(NOT_FOUND, _text(), b"no such file\n", verdict)


def try_later(reason: str, *, retry_after: float) -> Answer:
    """503: there may be such a file, the phone should ask again; *reason* is for us, the phone is not told."""
    headers = [*_text(), ("Retry-After", str(max(1, round(retry_after))))]
    return Answer(SERVICE_UNAVAILABLE, headers, b"try again later\n", reason)


def accepted_and_dropped() -> Answer:
    """200 to a phone that uploads: any other answer makes it upload again."""
    return Answer(OK, _text(), b"", "upload accepted and dropped")


def _text() -> list[tuple[str, str]]:
    return [("Content-Type", _TEXT), ("Cache-Control", "no-store")]
