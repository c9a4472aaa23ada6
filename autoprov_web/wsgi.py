"""The phone-facing WSGI application. Edge: reads the request and the spool, tells of the answer."""

from collections.abc import Callable, Iterable
from datetime import datetime
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from autoprov_phones.mac import MacAddress
from autoprov_sightings.sighting import Sighting
from autoprov_web import routes
from autoprov_web.fetch_log import FetchLog
from autoprov_web.phone_request import PhoneRequest
from autoprov_web.spool_reader import look_up
from autoprov_web.web_settings import WebSettings


def create_wsgi_app(
    settings: WebSettings, *, clock: Callable[[], datetime], saw: Callable[[Sighting], None]
) -> WSGIApplication:
    """The application that phones fetch their files from; a request body is left to the server to drop.

    Raises:
        PhoneFileError: the settings hold a value that no phone file can carry. So no request meets one.
    """
    routes.bootstrap(settings)
    routes.registration(MacAddress("000000000000"), generation=0, settings=settings)
    log = FetchLog(saw)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        now = clock()
        request = _phone_request(environ)
        requested = routes.requested_file(request, settings)
        knowledge = None
        if requested.mac is not None:
            knowledge = look_up(settings.spool_directory, requested.mac, now=now, max_age=settings.snapshot_max_age)
        given = routes.answer(request, requested, knowledge=knowledge, settings=settings)
        log.note(request, requested, given, knowledge=knowledge, now=now)
        headers = [*given.headers, ("Content-Length", str(len(given.body)))]
        start_response(f"{given.status.value} {given.status.phrase}", headers)
        return [] if request.method == "HEAD" else [given.body]

    return app


def _phone_request(environ: WSGIEnvironment) -> PhoneRequest:
    return PhoneRequest(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", ""),
        user_agent=environ.get("HTTP_USER_AGENT", ""),
        address=environ.get("REMOTE_ADDR", ""),
    )
