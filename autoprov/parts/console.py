"""The superadmin's page."""

from autoprov.http.server import HttpServer
from autoprov.parts.running import Running
from autoprov_console.app import create_app
from autoprov_console.console_settings import ConsoleSettings
from autoprov_console.letting_in import LET_IN_FOR
from autoprov_phones.mac import MacAddress
from autoprov_queue.order import OrderKind
from autoprov_web.pairing import pair


def start_console(running: Running) -> None:
    """Serve the page until the end."""
    settings = running.settings
    queue = running.queue

    def let_in(mac: MacAddress) -> None:
        pair(str(settings.web_directory), mac, until=(running.clock() + LET_IN_FOR).timestamp())

    app = create_app(
        client=running.client,
        last_seen=running.sightings.last_seen,
        own_records=queue.entries,
        order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac),
        pair=let_in,
        clock=running.clock,
        settings=ConsoleSettings(
            line_registrar=settings.lines.registrar,
            line_registrar_port=settings.lines.port,
            host_names=settings.console.host_names,
            serves_own_files=settings.lines.serve_own_files,
        ),
    )
    listen = settings.console.listen
    console = HttpServer(app, host=listen.host, port=listen.port, name="console")
    running.serve(console)
    running.console_url = console.url
