"""The superadmin's page."""

from autoprov.http.server import HttpServer
from autoprov.parts.running import Running
from autoprov_console.app import create_app
from autoprov_console.console_settings import ConsoleSettings
from autoprov_queue.order import OrderKind


def start_console(running: Running) -> None:
    """Serve the page until the end."""
    settings = running.settings
    queue = running.queue
    app = create_app(
        client=running.client,
        last_seen=running.sightings.last_seen,
        own_records=queue.entries,
        order_follow=lambda mac: queue.order(OrderKind.FOLLOW, mac),
        clock=running.clock,
        settings=ConsoleSettings(
            line_registrar=settings.lines.registrar,
            line_registrar_port=settings.lines.port,
            host_names=settings.console.host_names,
        ),
    )
    listen = settings.console.listen
    console = HttpServer(app, host=listen.host, port=listen.port, name="console")
    running.serve(console)
    running.console_url = console.url
