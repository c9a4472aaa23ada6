"""The phone-facing WSGI application. Edge: reads the request, tells of the answer."""

from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from autoprov_web.answer import PHRASES, Answer, try_later
from autoprov_web.client_certificate import proven_mac
from autoprov_web.fetch_report import FetchReport
from autoprov_web.phone_request import read_environ
from autoprov_web.serving import serve
from autoprov_web.site import Site, SiteUnusable
from autoprov_web.site_file import SiteFile

RETRY_UNUSABLE = 60.0
"""Seconds after which a phone asks again where there is no site to serve."""
_COMPLAIN_EVERY = 60.0
"""Seconds: a building's phones ask all the time, and the log shall hold other things too."""


def create_wsgi_app(
    site_file: str, *, clock: Callable[[], float], report: Callable[[Site, FetchReport], object]
) -> WSGIApplication:
    """The application that phones fetch their files from; a request body is left to the server to drop.

    *site_file* is the compiled site's path, *clock* gives Unix seconds. *report* is called when the server has sent the
    answer; it must not raise.
    """
    sites = SiteFile(site_file)
    complained_at = 0.0

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given, tell = _answer(environ)
        headers = list(given.headers)
        if given.status != 304:
            headers.append(("Content-Length", str(len(given.body))))
        start_response(f"{given.status} {PHRASES[given.status]}", headers)
        return _Sent(b"" if environ["REQUEST_METHOD"] == "HEAD" else given.body, tell)

    def _answer(environ: WSGIEnvironment) -> tuple[Answer, Callable[[], object]]:
        nonlocal complained_at
        try:
            site = sites.current()
        except SiteUnusable as error:
            now = clock()
            if abs(now - complained_at) >= _COMPLAIN_EVERY:
                complained_at = now
                environ["wsgi.errors"].write(f"ERROR autoprov: phones are told to come again later: {error}\n")
            return try_later("no compiled site", retry_after=RETRY_UNUSABLE), _nothing
        address = site.access.client_address(environ.get("REMOTE_ADDR", ""), environ.get("HTTP_X_FORWARDED_FOR", ""))
        request = read_environ(
            environ,
            address=address,
            certified_mac=lambda: proven_mac(
                environ, certificates=site.certificates, certificate_ca=site.certificate_ca
            ),
        )
        given, told = serve(request, site, now=clock())
        return given, lambda: report(site, told)

    return app


class _Sent:
    """A body, and what there is to tell of it: by PEP 3333 the server closes it when it has sent it."""

    __slots__ = ("_body", "_tell")

    def __init__(self, body: bytes, tell: Callable[[], object]) -> None:
        self._body = body
        self._tell = tell

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._body,) if self._body else ())

    def close(self) -> None:
        self._tell()


def _nothing() -> None:
    """Of an answer without a site nobody can be told."""
