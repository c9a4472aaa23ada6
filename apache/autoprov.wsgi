"""What phones fetch, for mod_wsgi. ``SetEnv AUTOPROV_SITE`` in the Apache configuration names the compiled site."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

from autoprov_web.fetch_report import append_report
from autoprov_web.wsgi import create_wsgi_app


def _applications_by_site():
    """One application for each compiled site, so that several virtual hosts may share the processes."""
    made = {}

    def application(environ, start_response):
        site_file = environ.get("AUTOPROV_SITE", "")
        if site_file not in made:
            made[site_file] = create_wsgi_app(
                site_file, clock=time.time, report=lambda site, told: append_report(site.directory, told)
            )
        return made[site_file](environ, start_response)

    return application


application = _applications_by_site()
