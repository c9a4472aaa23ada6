"""Kamailio as the site's PBX: a registrar of its own making, with digest, that knows a few users."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers.installed import installed

_CONFIG = Path(__file__).with_name("kamailio.cfg")
_PATIENCE_SECONDS = 20.0
_LARGEST_DATAGRAM = 65_535


@dataclass(frozen=True, slots=True)
class Contact:
    """One binding in Kamailio's location table."""

    user: str
    uri: str
    expires: int
    user_agent: str


class Kamailio:
    """A running Kamailio; *port* of ``address`` answers SIP over UDP."""

    def __init__(self, passwords: Mapping[str, str], *, folder: Path, min_expires: int) -> None:
        self.address = ("127.0.0.1", _free_udp_port())
        self._rpc = folder / "rpc"
        self._log = folder / "log"
        config = _config(passwords, folder=folder, address=self.address, min_expires=min_expires)
        (folder / "kamailio.cfg").write_text(config, encoding="utf-8")
        command = [installed("kamailio"), "-DD", "-E", "-f", str(folder / "kamailio.cfg"), "-m", "32", "-M", "4"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "-Y", str(folder), "-w", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _answers_options(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kamailio did not come up:\n{self._log.read_text(errors='replace')}")

    def contacts(self, user: str | None = None) -> list[Contact]:
        """The bindings of *user*, or all, as ``ul.dump`` shows them."""
        domains = self._call("ul.dump")["Domains"]
        records = [entry["Info"] for domain in domains for entry in domain["Domain"]["AoRs"]]
        contacts = [
            Contact(record["AoR"], contact["Contact"]["Address"], contact["Contact"]["Expires"], _user_agent(contact))
            for record in records
            for contact in record["Contacts"]
        ]
        return [contact for contact in contacts if user in (None, contact.user)]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _call(self, method: str):
        return {}
