"""An installation beside a real config system of any era, and its command line."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from autoprov.cli import commands
from autoprov.installation import initialise
from autoprov.openings import config_system_client, make_databases, open_queue
from autoprov.settings.file import load_settings
from autoprov.settings.settings import Settings
from autoprov_phones.mac import MacAddress
from autoprov_queue.entry import Settled
from autoprov_queue.order import OrderKind
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import NewPhone, Phone, UserLine
from sipxconfig_server.era import Era
from tests.autoprov_queue.values import detected
from tests.peers.config_system import ADMIN, ConfigSystem, config_system


@dataclass(frozen=True)
class Installation:
    settings: Settings
    system: ConfigSystem
    client: SipxconfigClient

    def run(self, *words: str, stdin: str | bytes = "") -> Result:
        """One command; what it raises for ``main`` to say in one line is in the result's ``exception``."""
        command, *rest = words
        given = [command, "--settings", str(self.settings.file), *rest]
        if command == "queue":
            given = [command, rest[0], "--settings", str(self.settings.file), *rest[1:]]
        return CliRunner().invoke(commands, given, input=stdin)

    def add(self, mac: MacAddress, *users: str, model_id: str = "polycomVVX410", description: str = "") -> Phone:
        self.client.create(NewPhone(mac, model_id, None, description))
        for user in users:
            self.client.add_line(self.phone(mac).id, UserLine(user))
        return self.phone(mac)

    def phone(self, mac: MacAddress) -> Phone:
        found = self.client.phone(mac)
        assert found is not None
        return found

    def users(self, mac: MacAddress) -> list[str]:
        return [line.user or line.user_id for line in self.phone(mac).lines]

    def has_registered(self, mac: MacAddress, *, unique_id: str | None = None) -> None:
        """The phone went through the queue."""
        with open_queue(self.settings) as queue:
            queue.put([detected(mac, unique_id=unique_id)])
            for entry in queue.claim(limit=10, lease=self.settings.snapshot_every):
                queue.finish(entry, Settled("created: as phone 1000"))

    def ordered(self) -> list[tuple[OrderKind, MacAddress]]:
        with open_queue(self.settings) as queue:
            return [(order.kind, order.mac) for order in queue.pending_orders()]


@contextmanager
def installation(
    folder: Path, *, era: Era = Era.D, more: str = "", own_files_by: str = "autoprov"
) -> Generator[Installation]:
    """*more* is TOML for the end of the settings file."""
    with config_system(folder, era=era) as system:
        file = initialise(folder / "site", address="192.168.7.2").settings_file
        text = file.read_text(encoding="utf-8")
        own = ('own_files_by = "autoprov"', f'own_files_by = "{own_files_by}"')
        there = f'kind = "sipxconfig"\nurl = "{system.base_url}"'
        file.write_text(text.replace('kind = "embedded"', there, 1).replace(*own) + more, encoding="utf-8")
        (file.parent / "secrets" / "config-system-password").write_text(ADMIN.password, encoding="utf-8")
        settings = load_settings(file)
        make_databases(settings)
        with config_system_client(settings) as client:
            yield Installation(settings, system, client)
