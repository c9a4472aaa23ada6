"""Programs behind Apache that break, each in a way that a phone must not hear of."""

import shutil
from pathlib import Path

from tests.apache.edges import PREFIX
from tests.peers.apache import ROOT, VirtualHost

WSGI_SCRIPTS = {
    "a module is missing": "import a_module_that_is_not_there\n",
    "the script is no Python": "def application(:\n",
    "there is no application": "applications = 1\n",
    "the application raises": "def application(environ, start_response):\n    raise OSError('disk')\n",
    "the application raises after its first words": (
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/xml'), ('Content-Length', '9')])\n"
        "    raise OSError('disk')\n"
    ),
    "the process ends": "import os\ndef application(environ, start_response):\n    os._exit(3)\n",
}


def broken_cgi(folder: Path) -> str:
    """Configuration for a CGI that ends without a word, as one does whose Python is damaged."""
    cgi = folder / "broken.cgi"
    cgi.write_text("#!/bin/sh\nexit 3\n")
    cgi.chmod(0o755)
    return f'ScriptAlias "{PREFIX}/" "{cgi}/"\n<Directory "{folder}">\nRequire all granted\n</Directory>'


def damaged_wsgi_hosts(folder: Path, site: dict[str, str]) -> dict[str, VirtualHost]:
    """A host for each of the damages, with our own configuration, and processes of its own: the others stay well."""
    hosts: dict[str, VirtualHost] = {}
    for number, (damage, script) in enumerate(WSGI_SCRIPTS.items()):
        code = folder / f"damaged-{number}"
        shutil.copytree(ROOT / "apache", code / "apache", ignore=shutil.ignore_patterns("__pycache__"))
        (code / "apache" / "autoprov.wsgi").write_text(script, encoding="utf-8")
        processes = f"WSGIDaemonProcess damaged-{number} threads=1\nWSGIProcessGroup damaged-{number}"
        defines = site | {"AUTOPROV_CODE": str(code)}
        hosts[damage] = VirtualHost(("autoprov-wsgi.conf",), defines, more=processes)
    return hosts
