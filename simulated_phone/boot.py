"""A Polycom's boot: which files it asks for, in which order, and what it makes of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from simulated_phone.boot_sequence import images, optional_files
from simulated_phone.config_files import ConfigFileError, MasterFile, read_master, read_parameters
from simulated_phone.events import Event, happened
from simulated_phone.file_transport import Answer, FileTransport
from simulated_phone.identity import Identity, Program
from simulated_phone.tftp import resolve

_WILDCARD = "000000000000"
# sipXecs switches a phone's uploads off with http://0.0.0.0
_NOWHERE = re.compile(r"https?://0\.0\.0\.0")


@dataclass(frozen=True, slots=True)
class Configured:
    """The files were had: what they set, by parameter name."""

    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NotConfigured:
    """A file that the phone cannot do without was not had; *retry_after* is what the server asked for, if it did."""

    retry_after: timedelta | None


class BootServer:
    """The server at *url*, as one phone talks to it.

    A *url* that ends in ``.cfg`` names the master file itself, so the phone asks for that one first.
    """

    def __init__(
        self, url: str, *, identity: Identity, transport: FileTransport, report: Callable[[Event], None]
    ) -> None:
        named = urlsplit(url).path.rpartition("/")[2]
        is_file = named.endswith(".cfg") and len(named) >= len("a.cfg")
        self._base = url if is_file or url.endswith("/") else f"{url}/"
        self._masters = ([named] if is_file else []) + [f"{identity.mac}.cfg", f"{_WILDCARD}.cfg"]
        self._identity = identity
        self._transport = transport
        self._report = report

    def update(self) -> None:
        """Let the updater look for another firmware; it finds none that it could run and goes on."""
        master = self._master(Program.UPDATER)
        if isinstance(master, MasterFile) and master.app_file_path:
            for image in images(self._identity, master.app_file_path):
                self._get(image, Program.UPDATER)
            self._write_log("boot", master.log_file_directory, Program.UPDATER)

    def configuration(self) -> Configured | NotConfigured:
        """Let the application read its configuration: everything that the master names, or nothing."""
        master = self._master(Program.APPLICATION)
        if isinstance(master, NotConfigured):
            return master
        named: list[bytes] = []
        for name in master.config_files:
            answer = self._get(name, Program.APPLICATION)
            if not answer.is_ok:
                return NotConfigured(answer.retry_after)
            named.append(answer.body)
        overrides = self._optional_files(master)
        self._write_log("app", master.log_file_directory, Program.APPLICATION)
        try:
            parameters = read_parameters([*overrides, *named], old_form_only=self._identity.reads_old_form_only)
            return Configured(parameters)
        except ConfigFileError as error:
            self._report(happened("bad-file", url=" ".join(master.config_files), reason=str(error)))
            return NotConfigured(None)

    def _master(self, program: Program) -> MasterFile | NotConfigured:
        """The first master file that can be had: after *any* failure of one, the phone tries the next."""
        retry_after: timedelta | None = None
        for name in self._masters:
            answer = self._get(name, program)
            retry_after = answer.retry_after or retry_after
            if not answer.is_ok:
                continue
            try:
                return read_master(answer.body, mac=self._identity.mac, model=self._identity.model)
            except ConfigFileError as error:
                self._report(happened("bad-file", url=resolve(self._base, name), reason=str(error)))
        return NotConfigured(retry_after)

    def _optional_files(self, master: MasterFile) -> list[bytes]:
        """Ask for what the phone can do without; what it wrote back itself earlier comes back, and wins."""
        written: list[bytes] = []
        for optional in optional_files(self._identity, master):
            if _NOWHERE.match(optional.directory):
                continue
            for name in optional.names:
                answer = self._get(_in_directory(optional.directory, name), Program.APPLICATION)
                if answer.is_ok and answer.body and optional.has_settings:
                    written.append(answer.body)
                if answer.is_ok:
                    break
        return written

    def _write_log(self, kind: str, directory: str, program: Program) -> None:
        if not _NOWHERE.match(directory):
            name = _in_directory(directory, f"{self._identity.mac}-{kind}.log")
            self._request("PUT", name, program, body=b"000000.000|cfg  |*|00|booted\n")

    def _get(self, name: str, program: Program) -> Answer:
        return self._request("GET", name, program)

    def _request(self, method: str, name: str, program: Program, *, body: bytes | None = None) -> Answer:
        url = resolve(self._base, name)
        answer = self._transport.request(method, url, program, body=body)
        self._report(happened("fetch", method=method, url=url, status=answer.status, program=program.value))
        return answer


def _in_directory(directory: str, name: str) -> str:
    return f"{directory.rstrip('/')}/{name}" if directory else name
