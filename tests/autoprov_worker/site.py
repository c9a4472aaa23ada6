"""A whole site around one worker: embedded config system, a proxy before it that fails as told, queue and spool."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from autoprov_phones.mac import MacAddress
from autoprov_phones.sipxconfig_models import OperatorModel
from autoprov_phones.spool_entry import SNAPSHOT_FILE_NAME, SpoolEntry, spool_file_name
from autoprov_queue.entry import QueueEntry
from autoprov_queue.order import OrderKind
from autoprov_queue.store import PhoneQueue
from autoprov_sightings.sighting import Sighting
from autoprov_worker.settings import OwnFilesSettings, WorkerSettings
from autoprov_worker.spool import SpoolWriter
from autoprov_worker.worker import Worker
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.values import Credentials, NewPhone, Phone, UserLine
from sipxconfig_server.era import Era
from tests.autoprov_queue.values import MAC, HandClock
from tests.peers.config_system import ADMIN, ConfigSystem, config_system
from tests.peers.faulty_http import FaultyHttp

OWN_FILES = OwnFilesSettings(
    "http://192.168.7.2:8480", b"k" * 32, line_server_host="pbx.example.org", line_server_port=5060
)
SETTINGS = WorkerSettings(operator_models={"CCX_500": OperatorModel("polycomVVX500", None)}, own_files=OWN_FILES)


@dataclass(frozen=True, slots=True)
class Site:
    """*admin* asks the config system past the proxy, as a person at its pages would."""

    folder: Path
    server: ConfigSystem
    proxy: FaultyHttp
    queue: PhoneQueue
    clock: HandClock
    client: SipxconfigClient
    admin: SipxconfigClient
    spool: SpoolWriter
    worker: Worker
    sightings: list[Sighting] = field(default_factory=list[Sighting])

    @property
    def queue_url(self) -> str:
        return f"sqlite:///{self.folder / 'queue.sqlite'}"

    def step(self) -> int:
        return self.worker.step(self.clock)

    def snapshot(self) -> bool:
        return self.worker.take_snapshot(self.clock, between=lambda: None)

    def entry(self, mac: MacAddress = MAC) -> QueueEntry:
        found = self.queue.find(mac)
        assert found is not None
        return found

    def phone(self, mac: MacAddress = MAC) -> Phone:
        found = self.admin.phone(mac)
        assert found is not None
        return found

    def add_phone(self, mac: MacAddress = MAC, *, description: str = "", model_id: str = "polycomVVX410") -> Phone:
        self.admin.create(NewPhone(mac, model_id, None, description))
        return self.phone(mac)

    def assign(self, mac: MacAddress = MAC, *, user: str = "200") -> None:
        self.admin.add_line(self.phone(mac).id, UserLine(user))

    def delete(self, mac: MacAddress = MAC) -> None:
        self.server.inventory.delete_phone(self.phone(mac).id)

    def spooled(self, mac: MacAddress = MAC) -> SpoolEntry | None:
        """The phone's spool file as the phone-facing path would read it."""
        path = self.folder / "spool" / spool_file_name(mac)
        return SpoolEntry.from_bytes(path.read_bytes()) if path.exists() else None

    def snapshot_time(self) -> int | None:
        path = self.folder / "spool" / SNAPSHOT_FILE_NAME
        return int(path.read_text()) if path.exists() else None

    def ordered(self, kind: OrderKind) -> list[MacAddress]:
        return [order.mac for order in self.queue.pending_orders() if order.kind is kind]


def new_client(
    base_url: str, *, credentials: Credentials = ADMIN, timeout: timedelta = timedelta(seconds=10)
) -> SipxconfigClient:
    return SipxconfigClient(base_url, credentials=credentials, timeout=timeout, connect_timeout=timedelta(seconds=5))


@contextmanager
def site_in(folder: Path, *, settings: WorkerSettings = SETTINGS, era: Era = Era.D) -> Generator[Site]:
    with ExitStack() as stack:
        server = stack.enter_context(config_system(folder, era=era))
        proxy = stack.enter_context(FaultyHttp(server.url))
        clock = HandClock()
        queue = PhoneQueue(f"sqlite:///{folder / 'queue.sqlite'}", clock=clock)
        stack.callback(queue.close)
        client, admin = new_client(f"{proxy.url}/sipxconfig"), new_client(server.base_url)
        stack.callback(client.close)
        stack.callback(admin.close)
        client.capabilities()  # so that what a test has the proxy do is done to the requests that it speaks of
        proxy.requests.clear()
        spool = SpoolWriter(folder / "spool")
        sightings: list[Sighting] = []
        worker = Worker(queue, client, spool, settings, saw=sightings.append, jitter=lambda: 0.0)
        yield Site(folder, server, proxy, queue, clock, client, admin, spool, worker, sightings)
