"""Apache for real: a private one, in a folder and on ports of its own, that serves through our files in ``apache/``."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from autoprov.demo.site import free_ports
from tests.peers.installed import installed

ROOT = Path(__file__).resolve().parent.parent.parent
SERVED = ("apache", "autoprov_phones", "autoprov_web", "cgi")
"""All that Apache's user needs of this repository."""
_CONFIG = Path(__file__).with_name("apache.conf")
_MODULES = Path("/usr/lib/apache2/modules")
_PYTHON = "/usr/bin/python3"
"""The CGI's and mod_wsgi's."""
_USER = "www-data"
_PATIENCE_SECONDS = 20.0
_TRIES = 5
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class VirtualHost:
    """One port. *includes* are our files by name, with *defines* in force; *more* is configuration after them.

    What stands between ``@`` in *defines* and *more*: ``FOLDER`` is the Apache's own folder.
    """

    includes: tuple[str, ...] = ()
    defines: Mapping[str, str] = field(default_factory=dict[str, str])
    more: str = ""

    @property
    def scheme(self) -> str:
        return "https" if "autoprov-tls.conf" in self.includes else "http"


class PortTaken(Exception):
    """Somebody took one of the ports between our choice and Apache's start."""


class Apache:
    """A running Apache; *code* in its folder is what an administrator would have installed."""

    def __init__(self, folder: Path, hosts: Mapping[str, VirtualHost]) -> None:
        self.folder = folder
        self._hosts = hosts
        self._ports = dict(zip(hosts, free_ports(len(hosts)), strict=True))
        config = folder / "apache.conf"
        config.write_text(self._config(), encoding="utf-8")
        with (folder / "logs" / "start").open("wb") as log:
            self._process = subprocess.Popen(
                [installed("apache2"), "-f", str(config), "-D", "FOREGROUND"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def process_id(self) -> int:
        """The parent's: all others are its descendants."""
        return self._process.pid

    def url(self, host: str) -> str:
        """Without a path: ``https://127.0.0.1:PORT``."""
        return f"{self._hosts[host].scheme}://{_HOST}:{self._ports[host]}"

    def address(self, host: str) -> tuple[str, int]:
        return _HOST, self._ports[host]

    def log(self, name: str) -> str:
        """The access log of the virtual host *name*; what Apache itself has to say is in ``error``."""
        return (self.folder / "logs" / name).read_text(encoding="utf-8", errors="replace")

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        waiting = list(self._hosts)
        while waiting:
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = self.log("start")
                kind = PortTaken if "could not bind" in log else RuntimeError
                raise kind(f"Apache did not come up:\n{log}")
            try:
                socket.create_connection(self.address(waiting[-1]), timeout=1).close()
                waiting.pop()
            except OSError:
                time.sleep(0.02)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _config(self) -> str:
        user = f"User {_USER}\nGroup {_USER}" if os.geteuid() == 0 else ""
        text = _CONFIG.read_text(encoding="utf-8").replace("@USER@", user).replace("@MODULES@", str(_MODULES))
        text += "".join(self._virtual_host(name, host) for name, host in self._hosts.items())
        return text.replace("@FOLDER@", str(self.folder))

    def _virtual_host(self, name: str, host: VirtualHost) -> str:
        defines = {"AUTOPROV_CODE": "@FOLDER@/code", "AUTOPROV_LOG": f"@FOLDER@/logs/{name}"} | dict(host.defines)
        lines = [
            f"Listen {_HOST}:{self._ports[name]}",
            f"<VirtualHost {_HOST}:{self._ports[name]}>",
            *(f'Define {define} "{value}"' for define, value in defines.items()),
            *(f'Include "@FOLDER@/code/apache/{include}"' for include in host.includes),
            host.more,
            "</VirtualHost>",
            *(f"UnDefine {define}" for define in defines),
        ]
        return "\n".join(["", *lines, ""])


def install_code(target: Path) -> None:
    """Put into *target* what an administrator installs, compiled as by a package: a CGI cannot write it down itself."""
    for name in SERVED:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([_PYTHON, "-m", "compileall", "-q", str(target)], check=True, timeout=60)


def share(directory: Path) -> None:
    """Let Apache's group read and write *directory*; nothing to do where Apache runs as ourselves."""
    if os.geteuid() == 0:
        for path in (directory, *directory.rglob("*")):
            shutil.chown(path, group=_USER)
            path.chmod(path.stat().st_mode | (0o2070 if path.is_dir() else 0o060))


@contextmanager
def apache_folder() -> Generator[Path]:
    """A folder that Apache's user gets into, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="autoprov-apache-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def apache(folder: Path, hosts: Mapping[str, VirtualHost]) -> Generator[Apache]:
    """An Apache on free loopback ports that serves *hosts* until the block ends."""
    if not (_MODULES / "mod_wsgi.so").exists():
        installed("libapache2-mod-wsgi-py3")
    for name in ("run", "logs", "documents"):
        (folder / name).mkdir(exist_ok=True)
    install_code(folder / "code")
    server = _started(folder, hosts)
    try:
        yield server
    finally:
        server.stop()


def _started(folder: Path, hosts: Mapping[str, VirtualHost]) -> Apache:
    for _ in range(_TRIES):
        with ExitStack() as stack, suppress(PortTaken):
            server = Apache(folder, hosts)
            stack.callback(server.stop)
            server.wait_until_it_answers()
            stack.pop_all()
            return server
    raise RuntimeError(f"others took Apache's ports {_TRIES} times")
