"""The embedded config system behind a real socket, as a peer of the client and of whoever uses it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sipxconfig_client.values import Credentials
from sipxconfig_server.app import create_app
from sipxconfig_server.authentication import AdminAccount
from sipxconfig_server.era import Era
from sipxconfig_server.store import Inventory
from tests.peers.serving import serving

ADMIN = Credentials("superadmin", "admin123")


@dataclass(frozen=True, slots=True)
class ConfigSystem:
    """*url* is the server's root; the client's base URL is *base_url*."""

    url: str
    inventory: Inventory
    path: Path

    @property
    def base_url(self) -> str:
        return f"{self.url}/sipxconfig"


@contextmanager
def config_system(folder: Path, *, port: int = 0, era: Era = Era.D, internal: bool = False) -> Generator[ConfigSystem]:
    """A config system with the users 200 to 222, its file in *folder*; without *port* on a free one.

    An *internal* one asks for no credentials.
    """
    path = folder / "inventory.sqlite"
    inventory = Inventory(path)
    for number in range(200, 223):
        inventory.add_user(str(number), display_name=f"First{number} Last{number}", sip_password=f"sip{number}")
    app = create_app(
        inventory,
        credentials=AdminAccount(ADMIN.user_name, ADMIN.password),
        realm="example.org",
        sip_domain="sipfoundry.org",
        era=era,
        internal=internal,
    )
    try:
        with serving(app, port=port) as url:
            yield ConfigSystem(url, inventory, path)
    finally:
        inventory.close()
