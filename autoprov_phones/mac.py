"""MAC addresses, as phones, people and config systems spell them."""

from dataclasses import dataclass

_HEX_DIGITS = frozenset("0123456789abcdef")
_SEPARATORS = str.maketrans("", "", ":-. ")


class MacSyntaxError(ValueError):
    """The text is not a MAC address."""


@dataclass(frozen=True, slots=True, order=True)
class MacAddress:
    """An EUI-48 as twelve lower-case hex digits, sipXconfig's serial number form (contract 1.4)."""

    hex: str

    def __post_init__(self) -> None:
        if len(self.hex) != 12 or not _HEX_DIGITS.issuperset(self.hex):
            raise MacSyntaxError(f"not 12 lower-case hex digits: {self.hex[:40]!r}")

    @classmethod
    def parse(cls, text: str) -> "MacAddress":
        """Read any case, with or without ``:``, ``-``, ``.`` or blanks between the digits.

        Raises:
            MacSyntaxError: the only exception, whatever *text* holds.
        """
        if len(text) > 64:
            raise MacSyntaxError(f"too long for a MAC address: {text[:40]!r}...")
        return cls(text.translate(_SEPARATORS).lower())

    def __str__(self) -> str:
        return self.hex

    @property
    def oui(self) -> str:
        """The maker's six digits."""
        return self.hex[:6]

    @property
    def colons(self) -> str:
        """The form people read aloud: ``00:04:f2:ab:cd:ef``."""
        return ":".join(self.hex[i : i + 2] for i in range(0, 12, 2))
