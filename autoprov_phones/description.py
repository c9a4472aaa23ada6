"""The Description of a phone we created: the text that a superadmin reads in the config system."""

import re
from dataclasses import dataclass

from autoprov_phones.detected_phone import DetectedPhone
from autoprov_phones.short_hash import short_hash
from autoprov_phones.unique_id import UniqueId, UniqueIdSyntaxError

MAX_LENGTH = 255
"""sipXconfig's column (contract 1.4)."""
MAX_FACT_LENGTH = 60
"""A longer fact is cut, so that all of them fit; only a host name can be so long."""
_FIRST_LINE = "Auto-provisioned"
_SIPXECS_ID = "sipXecs ID"
_FIELD = re.compile(rf"  (ID|{_SIPXECS_ID}|IP|Firmware): (\S{{1,{MAX_FACT_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class Description:
    """What our text says: words without blanks of at most 60 characters, empty where the phone did not say.

    *sipxecs_id* is what the phone shows in place of our ID once a sipXecs made its profile (``short_hash``).
    """

    unique_id: UniqueId
    contact_host: str
    firmware: str
    sipxecs_id: str = ""

    @property
    def text(self) -> str:
        """At most 255 characters, one fact a line, as sipXprovision's was (contract 6.3).

        Auto-provisioned
          ID: KTM4PX
          sipXecs ID: HL2
          IP: 192.168.7.31
          Firmware: 5.9.5.0614
        """
        facts = (
            ("ID", str(self.unique_id)),
            (_SIPXECS_ID, self.sipxecs_id),
            ("IP", self.contact_host),
            ("Firmware", self.firmware),
        )
        return "\n".join([_FIRST_LINE, *(f"  {name}: {value}" for name, value in facts if value)]) + "\n"


def describe(phone: DetectedPhone, *, on_sipxecs: bool = False) -> Description:
    """The Description of a phone as its last REGISTER showed it; ``parse_description`` gives it back from its text.

    *on_sipxecs*: with the ID that a sipXecs would show, too.
    """
    return Description(
        phone.tag.unique_id,
        _fact(phone.contact_host),
        _fact(phone.software.firmware),
        short_hash(phone.tag.mac) if on_sipxecs else "",
    )


def parse_description(text: str | None) -> Description | None:
    """Our own text read back; None for anything that an administrator changed or wrote.

    So ``None`` also means: these are a person's words, do not overwrite them. Line ends may be a browser's, and
    blanks may have gone from the end, because forms and databases do that.
    """
    lines = [line.rstrip() for line in (text or "").strip().split("\n")]
    facts = {match[1]: match[2] for line in lines[1:] if (match := _FIELD.fullmatch(line)) is not None}
    try:
        description = Description(
            UniqueId.parse(facts.get("ID", "")),
            facts.get("IP", ""),
            facts.get("Firmware", ""),
            facts.get(_SIPXECS_ID, ""),
        )
    except UniqueIdSyntaxError:
        return None
    return description if description.text.splitlines() == lines else None


def _fact(value: str) -> str:
    return "".join(value.split())[:MAX_FACT_LENGTH]
