"""The Description of a phone we created: the text that a superadmin reads in the config system."""

import re
from dataclasses import dataclass

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.unique_id import UniqueId, UniqueIdSyntaxError

MAX_LENGTH = 255
"""sipXconfig's column (contract 1.4)."""
_FIRST_LINE = "Auto-provisioned"
_FIELD = re.compile(r"  (ID|IP|Firmware): (\S{1,60})")


@dataclass(frozen=True, slots=True)
class Description:
    """What our text says; ``text`` and ``parse`` are inverse for text we wrote."""

    unique_id: UniqueId
    contact_host: str
    firmware: str

    @property
    def text(self) -> str:
        """At most 255 characters, one fact a line, as sipXprovision's was (contract 6.3).

        Auto-provisioned
          ID: KTM4PX
          IP: 192.168.7.31
          Firmware: 5.9.5.0614
        """
        facts = (("ID", str(self.unique_id)), ("IP", self.contact_host), ("Firmware", self.firmware))
        return "\n".join([_FIRST_LINE, *(f"  {name}: {value[:60]}" for name, value in facts if value)]) + "\n"


def describe(phone: DetectedPhone) -> Description:
    """The Description of a phone as its last REGISTER showed it."""
    return Description(phone.tag.unique_id, phone.contact_host, phone.software.firmware)


def parse_description(text: str | None) -> Description | None:
    """Our own text read back; None for anything that an administrator changed or wrote.

    So ``None`` also means: these are a person's words, do not overwrite them.
    """
    lines = (text or "").replace("\r\n", "\n").strip().split("\n")
    if lines[0] != _FIRST_LINE:
        return None
    facts: dict[str, str] = {}
    for line in lines[1:]:
        match = _FIELD.fullmatch(line.rstrip())
        if match is None:
            return None
        facts[match[1]] = match[2]
    try:
        return Description(UniqueId.parse(facts["ID"]), facts.get("IP", ""), facts.get("Firmware", ""))
    except (KeyError, UniqueIdSyntaxError):
        return None
