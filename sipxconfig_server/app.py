"""Both generations of sipXconfig's REST over the inventory, as a WSGI application (contract 1, 2)."""

import logging
import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from sipxconfig_server import failures
from sipxconfig_server.authentication import AdminAccount, Doorkeeper
from sipxconfig_server.era import Era
from sipxconfig_server.error_page import error_page
from sipxconfig_server.failures import ApiError
from sipxconfig_server.group_routes import GroupRoutes
from sipxconfig_server.media import bare, negotiated, suffixes_as_accept
from sipxconfig_server.models import Catalogue
from sipxconfig_server.old_rest_failures import OldRestError
from sipxconfig_server.old_rest_routes import OldRestRoutes
from sipxconfig_server.profile_routes import ProfileRoutes
from sipxconfig_server.representations import SipDomain
from sipxconfig_server.routes import PhoneRoutes
from sipxconfig_server.store import Inventory
from sipxconfig_server.system import ConfigSystem
from sipxconfig_server.views import negotiating

logger = logging.getLogger(__name__)

API_ROOT: Final = "/sipxconfig/api"
OLD_ROOT: Final = "/sipxconfig/rest"
_UNUSABLE: Final = "org.springframework.dao.DataAccessResourceFailureException"


def create_app(
    inventory: Inventory,
    *,
    credentials: AdminAccount,
    realm: str,
    sip_domain: str,
    registrar_port: int = 0,
    catalogue: Catalogue | None = None,
    era: Era = Era.D,
    internal: bool = False,
    other_accounts: Sequence[AdminAccount] = (),
    clock: Callable[[], float] = time.time,
) -> Flask:
    """The REST of *era*: the old one under ``/sipxconfig/rest``, the new one, if it has it, under ``/sipxconfig/api``.

    *sip_domain* and *registrar_port* are where users' lines register; 0 leaves the port to DNS. *catalogue*, by
    default sipXconfig's, is shared by all ports of one config system. An *internal* port asks for no credentials.
    *other_accounts* may log in and nothing more.

    Raises:
        ValueError: *internal* in an era that has no such port.
    """
    if internal and not era.has_internal_port:
        raise ValueError(f"era {era.value} asks for credentials at every port")
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    system = ConfigSystem(inventory, catalogue or Catalogue(), SipDomain(sip_domain, registrar_port))
    _add_routes(app, system, era)
    doorkeeper = Doorkeeper(credentials, realm=realm, others=other_accounts, clock=clock)

    def admit() -> Response | None:
        # Real sipXconfig answers OPTIONS in front of everything, credentials or not.
        if request.method == "OPTIONS":
            return bare("", media_type="")
        return None if internal else doorkeeper.refusal(request)

    app.before_request(admit)
    app.register_error_handler(ApiError, _api_error)
    app.register_error_handler(OldRestError, _old_rest_error)
    app.register_error_handler(HTTPException, _http_exception if era.has_new_api else _page_for)
    app.register_error_handler(DBAPIError, _database_error)
    app.wsgi_app = suffixes_as_accept(app.wsgi_app, below=API_ROOT)  # type: ignore[method-assign,assignment]  # Flask's own advice
    return app


def _add_routes(app: Flask, system: ConfigSystem, era: Era) -> None:
    for path, method, view in OldRestRoutes(system, era).table():
        app.add_url_rule(
            OLD_ROOT + path, f"old {method} {path}", view, methods=[method], provide_automatic_options=False
        )
    if not era.has_new_api:
        return
    for path, method, view in chain(*(routes(system).table() for routes in (PhoneRoutes, GroupRoutes, ProfileRoutes))):
        app.add_url_rule(
            API_ROOT + path, f"{method} {path}", negotiating(view), methods=[method], provide_automatic_options=False
        )


def _api_error(error: ApiError) -> Response:
    media_type = "text/xml" if error.before_resource else negotiated(request)
    return bare(error.text, media_type=media_type, status=error.status)


def _old_rest_error(error: OldRestError) -> Response:
    return bare(error.body, media_type="application/json", status=500)


def _page_for(error: HTTPException) -> Response:
    return error_page(request, error.code or 500)


def _http_exception(error: HTTPException) -> Response:
    """What Flask refuses in sipXconfig's words: under its API there is no status but 500 for that."""
    if not request.path.startswith(API_ROOT):
        return _page_for(error)
    if error.code == 404:
        return _api_error(failures.no_such_path())
    if error.code == 500:
        return _api_error(ApiError(500, "java.lang.IllegalStateException"))
    return _api_error(failures.client_error(error.code or 400, error.name))


def _database_error(error: DBAPIError) -> Response:
    logger.error("inventory cannot be used", extra={"reason": str(error.orig)})
    reason = "the inventory cannot be used now"
    if request.path.startswith(OLD_ROOT):
        return _old_rest_error(OldRestError(_UNUSABLE, reason))
    return bare(f"{_UNUSABLE}: {reason}", media_type="text/xml", status=500)
