"""All settings of one installation, as values (docs/settings.md explains each key)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from autoprov.settings.access import AccessSettings
from autoprov.settings.queue import QueueSettings
from autoprov.settings.reader import Listen
from autoprov.settings.registrar import RegistrarSettings
from autoprov.settings.resync import ResyncSettings
from autoprov.settings.secret_files import Secrets
from autoprov.settings.sipxecs import SipxecsSettings
from autoprov_phones.polycom_overlay import Overlay
from autoprov_phones.sipxconfig_models import OperatorModel
from autoprov_worker.known_phones import KnownPhonesSettings
from registrar_plugin.hosts.hep_rules import HepSettings


@dataclass(frozen=True, slots=True)
class PhonesSettings:
    """What un-provisioned phones are told.

    *share_password*: they have one SIP password, not each its own. A password that they shared before is accepted until
    *old_password_until* (aware), None: not at all.
    """

    url: str
    autoprovision_user: str
    unique_id_length: int
    share_password: bool
    old_password_until: datetime | None


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The phone-facing HTTP server."""

    listen: Listen
    snapshot_max_age: timedelta
    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class ConfigSystemSettings:
    """Where phones are created: ``embedded``, or a ``sipxconfig`` at *url* (which ends before ``/api``)."""

    kind: str
    url: str
    user_name: str
    ca_file: Path | None
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class LinesSettings:
    """The registrar of the users' lines: your PBX. *serve_own_files*: we serve an assigned phone its files."""

    registrar: str
    port: int
    serve_own_files: bool


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """The superadmin's page; *host_names* are those it may be called by, besides *listen* and loopback."""

    listen: Listen
    host_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one installation."""

    file: Path
    state_directory: Path
    secrets: Secrets
    queue: QueueSettings
    phones: PhonesSettings
    web: WebSettings
    access: AccessSettings
    registrar: RegistrarSettings
    hep: HepSettings | None
    plugin_socket: Path | None
    sipxecs: SipxecsSettings | None
    resync: ResyncSettings
    config_system: ConfigSystemSettings
    inventory_listen: Listen
    lines: LinesSettings
    snapshot_every: timedelta
    looks_per_minute: int
    known_phones: KnownPhonesSettings | None
    console: ConsoleSettings
    models: Mapping[str, OperatorModel]
    overlay: Overlay

    @property
    def queue_url(self) -> str:
        """SQLAlchemy's URL of the queue, with its password."""
        return self.queue.address(self.state_directory, self.secrets.queue_password)

    @property
    def sightings_file(self) -> Path:
        """The SQLite file of the sightings."""
        return self.state_directory / "sightings.sqlite"

    @property
    def inventory_file(self) -> Path:
        """The SQLite file of the embedded inventory."""
        return self.state_directory / "inventory.sqlite"

    @property
    def web_directory(self) -> Path:
        """What the phone-facing path reads and writes: the compiled site, limits, fetches that are not yet told of."""
        return self.state_directory / "web"

    @property
    def notes_directory(self) -> Path:
        """Which parts run, and with which ports."""
        return self.state_directory / "running"

    @property
    def spool_directory(self) -> Path:
        """What the phone-facing path looks at."""
        return self.state_directory / "spool"
