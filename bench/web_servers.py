"""The servers that are measured beside each other: an Apache with a port for each, and two HTTP servers of our own."""

import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_web.fetch_report import FETCHES_FILE_NAME
from autoprov_web.site import SITE_FILE_NAME
from bench.cpu_group import CpuGroup, cpu_group
from bench.web_load import Names
from tests.autoprov_web.sites import a_site, open_access, put_snapshot
from tests.peers.apache import VirtualHost, apache, apache_folder, share

_PHONES = 500


def _boot(mac: MacAddress) -> Names:
    """What a SoundPoint IP 550 with 4.0.15 asks for (phones 1.2), without its uploads."""
    return (
        (f"{mac}.cfg", False),
        ("000000000000.cfg", True),
        (f"{mac}-registration.cfg", True),
        (f"{mac}-site.cfg", True),
        (f"{mac}-user.cfg", False),
        (f"{mac}-phone.cfg", True),
        (f"{mac}-web.cfg", False),
        ("000000000000-license.cfg", False),
        (f"{mac}-directory.xml", False),
    )


_MAC = MacAddress("0004f2000001")
_FILE = f"{_MAC}-registration.cfg"
ONE_FILE: Names = ((_FILE, True),)
A_BOOT = _boot(_MAC)
BOOTS: Names = tuple(asked for number in range(_PHONES) for asked in _boot(MacAddress(f"0004f21{number:05x}")))
"""Of as many phones, one after the other, each from an address of its own."""
_HELLO = "Content-Type: text/plain\\nContent-Length: 6\\n\\nhello\\n"
_OURS = "from autoprov_web import cgi"
_WRITE = f'os.write(1, b"{_HELLO}")'

CGIS = {
    "CGI, shell": f"#!/bin/sh\nprintf '{_HELLO}'\n",
    "CGI, python3 -S -E": f"#!/usr/bin/python3 -SE\nimport os\n{_WRITE}\n",
    "CGI, python3": f"#!/usr/bin/python3\nimport os\n{_WRITE}\n",
    "CGI, our imports": f'#!/usr/bin/python3 -IS\nimport os, sys\nsys.path.insert(0, "@CODE@")\n{_OURS}\n{_WRITE}\n',
}
"""Programs that only say hello; the last one has imported what ours imports."""
_TRUST = "SetEnv ap_trust_cgilike_cl 1"
_WSGI = """def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [b"hello\\n"]
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """Where it is asked, for which files, and the CPU time of all its processes."""

    url: str
    names: Names
    cpu: CpuGroup

    @property
    def names_of_a_phone(self) -> int:
        """How many of the files one phone asks for."""
        return min(len(self.names), len(A_BOOT))


class Contenders:
    """All of them by name, idle, on free ports."""

    def __init__(self, by_name: Mapping[str, Contender], *, fetches: Path) -> None:
        self.by_name = by_name
        self._fetches = fetches

    def forget_fetches(self) -> None:
        """Do what the process does that reads them; a full file would make the next requests cheaper."""
        with self._fetches.open("r+b") as file:
            file.truncate()


@contextmanager
def contenders() -> Generator[Contenders]:
    """Started; each is asked for the registration file of one new phone, and one for all files of its boot.

    Raises:
        OSError: this process may not count CPU time (``cpu_group``).
    """
    with ExitStack() as stack:
        folder = stack.enter_context(apache_folder())
        site_file = _site(folder / "site")
        hosts = _hosts(folder, site_file)
        server = stack.enter_context(apache(folder, hosts))
        (folder / "documents" / _FILE).write_bytes(b"x" * 1500)
        cpu = stack.enter_context(_counted(server.process_id))
        found = {name: Contender(server.url(name), ONE_FILE, cpu) for name in hosts}
        found["mod_wsgi, ours, a boot"] = Contender(server.url("mod_wsgi, ours"), A_BOOT, cpu)
        found["mod_wsgi, ours, boots"] = Contender(server.url("mod_wsgi, ours"), BOOTS, cpu)
        for name, site in (("waitress, hello", ""), ("embedded, ours", str(site_file))):
            process_id, url = stack.enter_context(_embedded(site))
            found[name] = Contender(url, ONE_FILE, stack.enter_context(_counted(process_id)))
        yield Contenders(found, fetches=site_file.with_name(FETCHES_FILE_NAME))


def _site(directory: Path) -> Path:
    """A compiled site whose limits nobody meets."""
    directory.mkdir()
    access = open_access(
        directory,
        networks=("127.0.0.1/32", "10.1.0.0/16"),
        trusted_proxies=("127.0.0.1/32",),
        requests_per_minute=1_000_000,
    )
    site = a_site(directory, access=access)
    (directory / SITE_FILE_NAME).write_bytes(site.to_bytes())
    put_snapshot(directory, time.time())
    (directory / FETCHES_FILE_NAME).touch()
    share(directory)
    return directory / SITE_FILE_NAME


def _hosts(folder: Path, site_file: Path) -> dict[str, VirtualHost]:
    """Apache's: our files for all of them, so that each request is logged and limited alike."""
    common = "autoprov-phones.conf"
    granted = f'<Directory "{folder}">\nRequire all granted\n</Directory>\n'
    ours = {"AUTOPROV_PATH": "/", "AUTOPROV_SITE": str(site_file)}
    hosts = {"static file": VirtualHost((common,), more=granted)}
    for number, (name, text) in enumerate(CGIS.items()):
        script = folder / f"hello-{number}.cgi"
        script.write_text(text.replace("@CODE@", str(folder / "code")))
        script.chmod(0o755)
        hosts[name] = VirtualHost((common,), more=f'{granted}ScriptAlias "/" "{script}/"\n{_TRUST}')
    hosts["CGI, ours"] = VirtualHost(("autoprov-cgi.conf",), ours)
    (folder / "hello.wsgi").write_text(_WSGI)
    alias = f'WSGIScriptAlias "/" "{folder}/hello.wsgi/" process-group=autoprov application-group=%{{GLOBAL}}'
    hosts["mod_wsgi, hello"] = VirtualHost((common,), more=granted + alias)
    hosts["mod_wsgi, ours"] = VirtualHost(("autoprov-wsgi.conf",), ours)
    return hosts


@contextmanager
def _embedded(site: str) -> Generator[tuple[int, str]]:
    """``bench.web_embedded``'s process and URL."""
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.web_embedded", site], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        yield process.pid, process.stdout.readline().strip()
        process.stdin.close()


@contextmanager
def _counted(process_id: int) -> Generator[CpuGroup]:
    with cpu_group() as group:
        group.add(process_id)
        yield group
