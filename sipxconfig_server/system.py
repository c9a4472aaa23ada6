"""What the routes of both REST generations work on."""

from dataclasses import dataclass

from sipxconfig_server.models import Catalogue
from sipxconfig_server.representations import SipDomain
from sipxconfig_server.store import Inventory


@dataclass(frozen=True, slots=True)
class ConfigSystem:
    """One config system, however many ports it answers at."""

    inventory: Inventory
    catalogue: Catalogue
    domain: SipDomain
