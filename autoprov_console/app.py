"""The console: a Flask application of one page, without sessions, cookies or a secret."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from autoprov_console.console_settings import ConsoleSettings
from autoprov_console.error_page import error_page
from autoprov_console.phone_list import LastSeen
from autoprov_console.phones_page import PhonesPage
from autoprov_console.request_guard import refusal
from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import QueueEntry
from sipxconfig_client.client import SipxconfigClient

_MAX_FORM_BYTES = 16_384
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it, browsers send "Origin: null" along with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(
    *,
    client: SipxconfigClient,
    last_seen: LastSeen,
    own_records: Callable[[], Sequence[QueueEntry]],
    order_follow: Callable[[MacAddress], None],
    pair: Callable[[MacAddress], None],
    clock: Callable[[], datetime],
    settings: ConsoleSettings,
) -> Flask:
    """The page over the phones of the config system that *client* reaches.

    *last_seen* may raise ``SightingsUnavailable``. *own_records*, what the queue knows, is shown where the config
    system cannot list its phones; *order_follow* asks the worker to look at an assigned phone again and to re-sync it.
    Both may raise ``QueueUnavailable``. *pair* lets a phone fetch its files by its MAC for ``LET_IN_FOR``; it may
    raise ``OSError``.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_FORM_BYTES
    page = PhonesPage(client, last_seen, own_records, order_follow, pair, clock, settings)

    def guard() -> ResponseReturnValue | None:
        reason = refusal(
            method=request.method,
            host=request.headers.get("Host", ""),
            origin=request.headers.get("Origin"),
            fetch_site=request.headers.get("Sec-Fetch-Site"),
            host_names=settings.host_names,
        )
        if reason is None:
            return None
        return render_template("error.html", heading="Request refused", advice=reason), HTTPStatus.FORBIDDEN

    app.before_request(guard)
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, error_page)
    app.add_url_rule("/", "phones", page.show, methods=["GET"])
    app.add_url_rule("/phones/<mac>/line", "assign", page.assign, methods=["POST"])
    if settings.serves_own_files:
        app.add_url_rule("/phones/<mac>/let-in", "let_in", page.let_in, methods=["POST"])
    return app


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers["Cache-Control"] = "no-cache" if request.endpoint == "static" else "no-store"
    return response
