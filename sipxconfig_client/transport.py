"""One HTTP request to the config system: sent once, answered whole and in time, or ``Unreachable``.

Nothing is taken from the environment (proxies, ``.netrc``, CA bundles), no redirect is followed, no cookie kept.
"""

import logging
import socket
from dataclasses import dataclass
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Lock, local
from time import monotonic
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from sipxconfig_client.errors import AccessDenied, NotSpoken, Unreachable
from sipxconfig_client.values import Credentials

logger = logging.getLogger(__name__)

_CHUNK = 2**12
_MAX_BODY = 64 * 2**20
"""A page of 200 phones has 160 kB (contract 10)."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer that is neither a redirect nor a denial."""

    status: int
    content_type: str
    body: bytes

    @property
    def text(self) -> str:
        """The body for messages, whatever its bytes; never JSON unless the status is 2xx (contract 2.1)."""
        return self.body.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where and how. *ca_file* replaces the public authorities; there is no way to switch the verification off.

    *timeout* bounds each wait for bytes and the whole answer.
    """

    base_url: str
    credentials: Credentials | None
    connect_timeout: timedelta
    timeout: timedelta
    ca_file: Path | None

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http or https address: {self.base_url!r}")
        if parts.port == 0 or parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the address must hold neither credentials nor a query, and no port 0")

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along: https, or this machine alone."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        return parts.scheme == "https" or host in ("localhost", "::1") or host.startswith("127.")


class Transport:
    """A session and its connections per thread, for ``requests.Session`` promises nothing to threads."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._base_url = settings.base_url.rstrip("/")
        self._timeouts = (settings.connect_timeout.total_seconds(), settings.timeout.total_seconds())
        self._of_thread = local()
        self._sessions: list[requests.Session] = []
        self._lock = Lock()
        if settings.credentials is not None and not settings.is_private:
            logger.warning("credentials go to the config system unencrypted, use https", extra={"url": self._base_url})

    def send(self, method: str, path: str, body: dict[str, object] | bytes | None = None) -> HttpAnswer:
        """The answer to one request; *path* is below the base URL, *body* an object for JSON, or the bytes of an XML.

        Raises:
            Unreachable: no answer, or no whole answer.
            NotSpoken: a redirect.
            AccessDenied: 401 or 403.
        """
        deadline = monotonic() + sum(self._timeouts)
        try:
            with self._session().request(
                method,
                f"{self._base_url}{path}",
                json=None if isinstance(body, bytes) else body,
                data=body if isinstance(body, bytes) else None,
                headers={"Content-Type": "text/xml; charset=utf-8"} if isinstance(body, bytes) else None,
                timeout=self._timeouts,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = _whole_body(response, deadline=deadline)
        # Those of requests are OSErrors, and so is a CA file that cannot be read.
        except OSError as error:
            raise Unreachable(self._told(_reason(error)), in_doubt=_was_sent(error)) from error
        logger.debug("request answered", extra={"method": method, "path": path, "status": response.status_code})
        self._refuse_strangers(response)
        return HttpAnswer(response.status_code, response.headers.get("Content-Type", ""), content)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()

    def _refuse_strangers(self, response: requests.Response) -> None:
        status = response.status_code
        if status in (401, 403):
            raise AccessDenied(
                self._told(f"answered {status}: the credentials in the settings are wrong or not an administrator's")
            )
        if 300 <= status < 400:
            target = response.headers.get("Location", "another address")[:200]
            raise NotSpoken(self._told(f"redirects to {target}: set that address in the settings"))

    def _told(self, reason: str) -> str:
        return f"the config system at {self._base_url} {reason}"

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = _new_session(self._settings)
            with self._lock:
                self._sessions.append(session)
        return session


def _new_session(settings: HttpSettings) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["Accept"] = "application/json"
    session.verify = True if settings.ca_file is None else str(settings.ca_file)
    if settings.credentials is not None:
        # Sent at once: a client that waits for a Basic challenge never sees one (contract 1.5).
        credentials = settings.credentials
        session.auth = HTTPBasicAuth(credentials.user_name.encode(), credentials.password.encode())
    return session


def _whole_body(response: requests.Response, *, deadline: float) -> bytes:
    """Every byte announced; a server that trickles them is cut off, since each byte would start the timeout anew."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > _MAX_BODY:
            raise requests.exceptions.ContentDecodingError("the answer does not end")
        if monotonic() > deadline:
            raise requests.exceptions.ReadTimeout("the answer trickles")
    return b"".join(chunks)


def _reason(error: OSError) -> str:
    match error:
        case requests.exceptions.ConnectTimeout():
            return "accepted no connection in time"
        case requests.exceptions.SSLError():
            return f"failed the TLS handshake (is its CA file in the settings?): {str(error)[:300]}"
        case requests.exceptions.Timeout():
            return "gave no whole answer in time"
        case _:
            cause = _system_error(error)
            return f"cannot be asked: {cause.strerror if cause else str(error)[:300]}"


def _was_sent(error: OSError) -> bool:
    """False where the request surely never left."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.SSLError):
        return False
    return not isinstance(_system_error(error), ConnectionRefusedError | socket.gaierror)


def _system_error(error: BaseException) -> OSError | None:
    """What the operating system said, at the bottom of the libraries' exceptions."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno is not None and seen.strerror:
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
