"""The names of the files that Polycom phones fetch (phones 1.1, 1.2). Those of one phone begin with its MAC."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

BOOTSTRAP_FILE_NAME = "000000000000.cfg"
MASTER = ".cfg"
REGISTRATION = "-registration.cfg"
REGISTRATION_3 = "-registration-3.cfg"
"""The registration for phones whose last firmware is 3.x or older."""
SITE = "-site.cfg"
"""The operator's overlay."""
LINES = "-lines.cfg"
OVERRIDES = "-phone.cfg"
"""What was typed at the phone itself, as the phone would keep it here."""


def master_file_name(mac: MacAddress) -> str:
    """The phone's own master file, which it asks for first."""
    return f"{mac}{MASTER}"


def registration_file_name(mac: MacAddress) -> str:
    """The unassigned phone's one registration."""
    return f"{mac}{REGISTRATION}"


def line_file_name(mac: MacAddress) -> str:
    """The assigned phone's lines."""
    return f"{mac}{LINES}"


def site_file_name(mac: MacAddress) -> str:
    """The operator's overlay, as this phone gets it."""
    return f"{mac}{SITE}"
