"""The embedded inventory behind sipXconfig's REST API."""

from autoprov.http.server import HttpServer
from autoprov.openings import open_inventory
from autoprov.parts.running import Running
from autoprov_phones.inventory_models import load_inventory_models
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.models import Catalogue


def start_inventory(running: Running) -> None:
    """Serve the inventory, where it is the config system."""
    settings = running.settings
    if settings.config_system.kind != "embedded":
        return
    api = create_app(
        running.enter(open_inventory(settings)),
        credentials=AdminAccount(settings.config_system.user_name, settings.secrets.config_system_password),
        realm="autoprov-inventory",
        sip_domain=settings.lines.registrar,
        registrar_port=settings.lines.port,
        catalogue=Catalogue(own=load_inventory_models()),
    )
    listen = settings.inventory_listen
    running.serve(HttpServer(api, host=listen.host, port=listen.port, name="inventory"))
