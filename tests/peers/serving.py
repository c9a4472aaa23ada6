"""A WSGI application behind a real socket, as users are served."""

from collections.abc import Generator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from autoprov.http.expectation import Channel
from autoprov.http.server import HttpServer


@contextmanager
def serving(
    app: WSGIApplication,
    *,
    port: int = 0,
    judges_proxies: bool = False,
    channel_class: type[Channel] = Channel,
) -> Generator[str]:
    """The base URL (``http://127.0.0.1:PORT``) under which *app* answers until the block ends."""
    server = HttpServer(
        app, host="127.0.0.1", port=port, name="peer-http", judges_proxies=judges_proxies, channel_class=channel_class
    )
    server.start()
    try:
        yield server.url
    finally:
        server.stop()
