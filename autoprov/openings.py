"""Opens what several processes of an installation share: its databases, and its config system's API."""

from collections.abc import Generator
from contextlib import closing, contextmanager

from autoprov.present import utc_now
from autoprov.settings.settings import Settings
from autoprov_queue.store import PhoneQueue
from sipxconfig_client.client import SipxconfigClient
from sipxconfig_client.errors import Unreachable
from sipxconfig_client.values import Credentials
from sipxconfig_server.store import Inventory


def make_databases(settings: Settings) -> None:
    """The state directory with empty databases in it; what is there stays as it is."""
    settings.state_directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    with open_queue(settings):
        pass
    if settings.config_system.kind == "embedded":
        with open_inventory(settings):
            pass


@contextmanager
def open_queue(settings: Settings) -> Generator[PhoneQueue]:
    """The queue, its schema made where it is missing."""
    with closing(PhoneQueue(settings.queue_url, clock=utc_now)) as queue:
        yield queue


@contextmanager
def open_inventory(settings: Settings) -> Generator[Inventory]:
    """The embedded inventory's store, its schema made where it is missing."""
    with closing(Inventory(settings.inventory_file)) as inventory:
        yield inventory


@contextmanager
def config_system_client(settings: Settings) -> Generator[SipxconfigClient]:
    """A client of the config system that the settings name, the embedded one included.

    An ``Unreachable`` that ends the block says what the embedded one is part of.
    """
    config_system = settings.config_system
    embedded = config_system.kind == "embedded"
    client = SipxconfigClient(
        f"http://{settings.inventory_listen}/sipxconfig" if embedded else config_system.url,
        credentials=_credentials(settings),
        timeout=config_system.timeout,
        ca_file=config_system.ca_file,
    )
    with closing(client):
        try:
            yield client
        except Unreachable as error:
            if embedded:
                raise Unreachable(f"{error}; it is part of 'autoprov up': is that running?") from error
            raise


def _credentials(settings: Settings) -> Credentials | None:
    """None for sipXconfig's internal port, which asks for none."""
    user_name = settings.config_system.user_name
    return Credentials(user_name, settings.secrets.config_system_password) if user_name else None
