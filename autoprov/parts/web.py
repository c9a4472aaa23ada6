"""What phones fetch, over HTTP; and the timeline's share of what other web servers of this installation answered."""

from autoprov.compile_site import site_file, write_site
from autoprov.http.refusals import PhoneChannel
from autoprov.http.server import HttpServer
from autoprov.parts.running import Running
from autoprov_web.fetch_log import FetchLog
from autoprov_web.fetch_reader import FetchReader
from autoprov_web.wsgi import create_wsgi_app


def start_web(running: Running) -> None:
    """Compile the site and serve it until the end."""
    settings = running.settings
    write_site(settings, now=running.clock())
    log = FetchLog(running.saw)
    # What other web servers told of their requests; our own tells the log itself.
    reader = FetchReader(settings.web_directory, log.note)
    reader.start()
    running.at_end(reader.stop, ask_to_stop=reader.ask_to_stop)
    app = create_wsgi_app(
        str(site_file(settings)),
        clock=lambda: running.clock().timestamp(),
        report=lambda _site, report: log.note(report),
    )
    listen = settings.web.listen
    running.serve(
        HttpServer(app, host=listen.host, port=listen.port, name="web", judges_proxies=True, channel_class=PhoneChannel)
    )
