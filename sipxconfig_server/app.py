"""sipXconfig's new REST API over the inventory, as a WSGI application (contract 2)."""

import logging
from typing import Final

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from sipxconfig_server import failures
from sipxconfig_server.authentication import AdminAccount, challenge
from sipxconfig_server.failures import ApiError
from sipxconfig_server.media import bare, negotiated, suffixes_as_accept
from sipxconfig_server.representations import SipDomain
from sipxconfig_server.routes import PhoneRoutes
from sipxconfig_server.store import Inventory

logger = logging.getLogger(__name__)

API_ROOT: Final = "/sipxconfig/api"


def create_app(
    inventory: Inventory, *, credentials: AdminAccount, realm: str, sip_domain: str, registrar_port: int = 0
) -> Flask:
    """The API under ``/sipxconfig/api``.

    *sip_domain* and *registrar_port* are where users' lines register; 0 leaves the port to DNS.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    routes = PhoneRoutes(inventory, SipDomain(sip_domain, registrar_port))
    for path, method, view in routes.table():
        app.add_url_rule(API_ROOT + path, f"{method} {path}", view, methods=[method], provide_automatic_options=False)

    def admit() -> Response | None:
        # Real sipXconfig answers OPTIONS in front of everything, credentials or not.
        if request.method == "OPTIONS":
            return bare("", media_type="")
        return challenge(request, account=credentials, realm=realm)

    app.before_request(admit)
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(DBAPIError, _database_error)
    app.wsgi_app = suffixes_as_accept(app.wsgi_app)  # type: ignore[method-assign,assignment]  # Flask's own advice
    return app


def _api_error(error: ApiError) -> Response:
    media_type = "text/xml" if error.before_resource else negotiated(request)
    return bare(error.text, media_type=media_type, status=error.status)


def _http_exception(error: HTTPException) -> Response:
    """What Flask refuses in sipXconfig's words: under its API there is no status but 500 for that."""
    if not request.path.startswith(API_ROOT):
        return Response("<html><body><p>Not found</p></body></html>\n", status=404, content_type="text/html")
    if error.code == 404:
        return _api_error(failures.no_such_path())
    if error.code == 500:
        return _api_error(ApiError(500, "java.lang.IllegalStateException"))
    return _api_error(failures.client_error(error.code or 400, error.name))


def _database_error(error: DBAPIError) -> Response:
    logger.error("inventory cannot be used", extra={"reason": str(error.orig)})
    return bare(
        "org.springframework.dao.DataAccessResourceFailureException: the inventory cannot be used now",
        media_type="text/xml",
        status=500,
    )
