"""MAC addresses, as phones, people and config systems spell them."""

from __future__ import annotations

_HEX_DIGITS = frozenset("0123456789abcdef")
_SEPARATORS = {ord(symbol): None for symbol in ":-. "}


class MacSyntaxError(ValueError):
    """The text is not a MAC address."""


class MacAddress:
    """An EUI-48 as twelve lower-case hex digits, sipXconfig's serial number form (contract 1.4). Never changed.

    A plain class, as all that a CGI imports: a dataclass would cost each of its starts more than its work does.
    """

    __slots__ = ("hex",)

    def __init__(self, hex: str) -> None:  # noqa: A002 - the field's name
        if len(hex) != 12 or not _HEX_DIGITS.issuperset(hex):
            raise MacSyntaxError(f"not 12 lower-case hex digits: {hex[:40]!r}")
        self.hex = hex

    @classmethod
    def parse(cls, text: str) -> MacAddress:
        """Read any case, with or without ``:``, ``-``, ``.`` or blanks between the digits.

        Raises:
            MacSyntaxError: the only exception, whatever *text* holds.
        """
        if len(text) > 64:
            raise MacSyntaxError(f"too long for a MAC address: {text[:40]!r}...")
        return cls(text.translate(_SEPARATORS).lower())

    def __str__(self) -> str:
        return self.hex

    def __repr__(self) -> str:
        return f"MacAddress({self.hex!r})"

    def __eq__(self, other: object) -> bool:
        return self.hex == other.hex if isinstance(other, MacAddress) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hex)

    def __lt__(self, other: MacAddress) -> bool:
        return self.hex < other.hex

    @property
    def oui(self) -> str:
        """The maker's six digits."""
        return self.hex[:6]

    @property
    def colons(self) -> str:
        """The form people read aloud: ``00:04:f2:ab:cd:ef``."""
        return ":".join(self.hex[i : i + 2] for i in range(0, 12, 2))
