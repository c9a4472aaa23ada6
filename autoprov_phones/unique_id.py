"""The unique ID on a phone's screen (docs/how-it-flows.md, "The unique ID")."""

import hashlib
import hmac
from dataclasses import dataclass

from autoprov_phones.mac import MacAddress

ALPHABET = "CFHJKMNPRTVWX2345789"
"""No vowels (no words); at most one of each group that a small screen confuses: 0ODQ, 1IL, 2Z, 4A, 5S, 6G, 8B, UV."""
DEFAULT_LENGTH = 6
MIN_LENGTH = 4
MAX_LENGTH = 10
_SYMBOLS = frozenset(ALPHABET)


class UniqueIdSyntaxError(ValueError):
    """The text cannot be one of our unique IDs."""


@dataclass(frozen=True, slots=True, order=True)
class UniqueId:
    """4 to 10 upper-case symbols of ``ALPHABET``."""

    text: str

    def __post_init__(self) -> None:
        if not MIN_LENGTH <= len(self.text) <= MAX_LENGTH or not _SYMBOLS.issuperset(self.text):
            raise UniqueIdSyntaxError(f"not a unique ID: {self.text[:40]!r}")

    @classmethod
    def parse(cls, text: str) -> "UniqueId":
        """Read an ID as a person types it: either case, blanks around it.

        Raises:
            UniqueIdSyntaxError: the only exception, whatever *text* holds.
        """
        # upper() alone would make FF of a typographer's ligature
        return cls(text.strip().upper() if len(text) <= 64 and text.isascii() else text)

    def __str__(self) -> str:
        return self.text


def issue_unique_id(mac: MacAddress, *, key: bytes, generation: int = 0, length: int = DEFAULT_LENGTH) -> UniqueId:
    """The ID of this phone: the same at every boot, random to anyone without *key*.

    HMAC-SHA-256 of ``mac/generation``, written in base 20; 20**6 is 64 million IDs. *generation* is raised
    when two phones of a site show one ID.
    """
    number = int.from_bytes(hmac.digest(key, f"{mac.hex}/{generation}".encode(), hashlib.sha256))
    symbols: list[str] = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        symbols.append(ALPHABET[digit])
    return UniqueId("".join(symbols))
