"""Who the phone says it is: its MAC and its User-Agents."""

import re
from dataclasses import dataclass, replace
from enum import Enum

# PolycomSoundPointIP-SPIP_550-UA/4.0.15.1009, PolycomVVX-VVX_350-UA/5.9.5.0614, PolyEdge-Edge_E450-UA/...
_FAMILIES = {
    "VVX": "PolycomVVX",
    "SPIP": "PolycomSoundPointIP",
    "SSIP": "PolycomSoundStationIP",
    "Trio": "PolycomRealPresenceTrio",
    "CCX": "PolyCCX",
    "Edge": "PolyEdge",
}
# A VVX that ran 5.9.7.4477 named 5.9.7.47435 while its updater spoke: same release, another build.
_UPDATER_BUILD = "47435"
# FileTransport PolycomSoundPointIP-SPIP_335-UA/4.2.2.0710
# (the boot ROM beneath a 3.x)
_BOOT_ROM = "4.2.2.0710"
_FIRST_UC_SOFTWARE = (4,)
_FIRST_NEW_FORM = (3, 3)


class Program(Enum):
    """Which of the phone's two programs fetches files."""

    UPDATER = "Updater"
    APPLICATION = "Application"


@dataclass(frozen=True, slots=True)
class Identity:
    """A phone as it left the factory and was last upgraded.

    *mac* is lower-case hex without separators, as in the file names it asks for; *model* as the User-Agent
    spells it (``VVX_410``); *updater* the version of the boot program, another number than *firmware*. Before UC
    Software 4 that is a boot ROM.
    """

    mac: str
    model: str
    firmware: str
    updater: str

    @property
    def version(self) -> tuple[int, ...]:
        """The firmware's version: ``(5, 9, 5, 614)``."""
        return tuple(int(number) for number in re.findall(r"\d+", self.firmware))

    @property
    def is_uc_software(self) -> bool:
        """Whether an updater boots it, and it says so of itself; before 4.0 a boot ROM does."""
        return self.version >= _FIRST_UC_SOFTWARE

    @property
    def reads_old_form_only(self) -> bool:
        """Whether its files are ``<phone1>`` and ``<sip>``: before UC Software 3.3."""
        return self.version < _FIRST_NEW_FORM

    @property
    def _product(self) -> str:
        return f"{_FAMILIES[self.model.partition('_')[0]]}-{self.model}-UA"

    @property
    def sip_user_agent(self) -> str:
        """``PolycomVVX-VVX_410-UA/5.9.5.0614``."""
        return f"{self._product}/{self.firmware}"

    def http_user_agent(self, program: Program) -> str:
        """``FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614 Type/Application``; before UC Software 4 without a type."""
        version = self.updater if program is Program.UPDATER else self.firmware
        spoken = f" Type/{program.value}" if self.is_uc_software else ""
        return f"FileTransport {self._product}/{version}{spoken}"


def identify(*, mac: str, model: str, firmware: str) -> Identity:
    """The identity of a phone, its MAC written in any way.

    Raises:
        ValueError: not a MAC, or a model of none of the families that boot this way.
    """
    digits = mac.lower().translate(str.maketrans("", "", ":-."))
    if len(digits) != 12 or set(digits) - set("0123456789abcdef"):
        raise ValueError(f"not a MAC address: {mac}")
    if model.partition("_")[0] not in _FAMILIES:
        raise ValueError(f"not a model of {', '.join(_FAMILIES)}: {model}")
    release = firmware.rpartition(".")[0] or firmware
    phone = Identity(digits, model, firmware, updater=f"{release}.{_UPDATER_BUILD}")
    return phone if phone.is_uc_software else replace(phone, updater=_BOOT_ROM)
