"""Kamailio as the site's PBX: a registrar of its own making, with digest, that knows a few users."""

import json
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.installed import installed

CONFIG = Path(__file__).with_name("kamailio.cfg")
_PATIENCE_SECONDS = 20.0
_LARGEST_DATAGRAM = 65_535
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Contact:
    """One binding in Kamailio's location table."""

    user: str
    uri: str
    user_agent: str


class Kamailio:
    """A running Kamailio that keeps its few files in ``folder``; ``address`` is where it takes SIP."""

    def __init__(self, passwords: Mapping[str, str], *, folder: Path, min_expires: int, template: Path) -> None:
        self.address = (_HOST, _free_port())
        self.folder = folder
        config = folder / "kamailio.cfg"
        config.write_text(
            template.read_text(encoding="utf-8")
            .replace("@ADDRESS@", _HOST)
            .replace("@PORT@", str(self.address[1]))
            .replace("@FOLDER@", str(folder))
            .replace("@MIN_EXPIRES@", str(min_expires))
            .replace("@PASSWORDS@", "\n".join(f'    $sht(password=>{u}) = "{p}";' for u, p in passwords.items())),
            encoding="utf-8",
        )
        command = [installed("kamailio"), "-DD", "-E", "-m", "32", "-M", "4", "-f", str(config)]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-Y", str(folder), "-w", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def process_id(self) -> int:
        """The main process's; the workers are its children."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the main process is there."""
        return self._process.poll() is None

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _answers_options(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"Kamailio did not come up:\n{log}")

    def contacts(self, user: str) -> list[Contact]:
        """The bindings of *user* that have not expired, as ``ul.dump`` shows them."""
        dump = self.call("ul.dump")
        records = [record["Info"] for domain in dump["Domains"] for record in domain["Domain"]["AoRs"]]
        return [
            Contact(user, each["Contact"]["Address"], each["Contact"]["User-Agent"])
            for record in records
            if record["AoR"] == user
            for each in record["Contacts"]
            if isinstance(each["Contact"]["Expires"], int)  # else "expired" or "deleted"
        ]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def call(self, method: str) -> Any:
        """The result of this RPC command."""
        own = self.folder / "rpc-client"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            try:
                client.bind(str(own))
                client.settimeout(_PATIENCE_SECONDS)
                request = {"jsonrpc": "2.0", "method": method, "id": 1}
                client.sendto(json.dumps(request).encode(), str(self.folder / "rpc"))
                return json.loads(client.recv(_LARGEST_DATAGRAM))["result"]
            finally:
                own.unlink(missing_ok=True)


@contextmanager
def kamailio(passwords: Mapping[str, str], *, min_expires: int = 60, template: Path = CONFIG) -> Generator[Kamailio]:
    """A Kamailio on a free loopback port that lets the users in *passwords* register; nothing of it stays.

    A user that it does not know, and a wrong password, get another 401.
    """
    with tempfile.TemporaryDirectory(prefix="kamailio-") as folder:  # its sockets want a short path
        pbx = Kamailio(passwords, folder=Path(folder), min_expires=min_expires, template=template)
        try:
            pbx.wait_until_it_answers()
            yield pbx
        finally:
            pbx.stop()


def _free_port() -> int:
    """One that is free for UDP, and for the templates that listen to TCP too."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        ):
            udp.bind((_HOST, 0))
            port: int = udp.getsockname()[1]
            with suppress(OSError):
                tcp.bind((_HOST, port))
                return port


def _answers_options(address: tuple[str, int]) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((_HOST, 0))
        client.settimeout(0.1)
        here = f"{_HOST}:{client.getsockname()[1]}"
        there = f"sip:{address[0]}:{address[1]}"
        request = (
            f"OPTIONS {there} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKready\r\nMax-Forwards: 1\r\n"
            f"From: <sip:test@{here}>;tag=1\r\nTo: <{there}>\r\nCall-ID: ready@{here}\r\nCSeq: 1 OPTIONS\r\n"
            "Content-Length: 0\r\n\r\n"
        )
        client.sendto(request.encode(), address)
        try:
            return client.recv(_LARGEST_DATAGRAM).startswith(b"SIP/2.0 200")
        except OSError:  # not yet: nothing within the time, or the port is still closed
            time.sleep(0.05)
            return False
