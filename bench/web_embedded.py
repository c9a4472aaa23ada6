"""Our HTTP server as a process of its own, with our application or with one that only says hello.

It says its URL in a line and serves until its standard input is closed.
"""

import logging
import sys
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from autoprov.http.server import HttpServer
from autoprov_web.fetch_report import FetchReport, append_report
from autoprov_web.site import Site
from autoprov_web.wsgi import create_wsgi_app


def main(site_file: str) -> None:
    """Serve the compiled site *site_file*; with ``""`` say hello."""
    logging.basicConfig(level=logging.ERROR)  # waitress warns of each request that has to wait
    app: WSGIApplication = _hello
    if site_file:
        app = create_wsgi_app(site_file, clock=time.time, report=_report)
    server = HttpServer(app, host="127.0.0.1", port=0, name="web")
    server.start()
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


def _hello(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\n"]


def _report(site: Site, report: FetchReport) -> None:
    append_report(site.directory, report)


if __name__ == "__main__":
    main(sys.argv[1])
