"""The unique ID on a phone's screen (docs/how-it-flows.md, "The unique ID")."""

from __future__ import annotations

import hashlib
import hmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

ALPHABET = "CFHJKMNPRTVWX2345789"
"""No vowels (no words); at most one of each group that a small screen confuses: 0ODQ, 1IL, 2Z, 4A, 5S, 6G, 8B, UV."""
DEFAULT_LENGTH = 6
MIN_LENGTH = 4
MAX_LENGTH = 10
_SYMBOLS = frozenset(ALPHABET)
_PAIRS = tuple([low + high for high in ALPHABET for low in ALPHABET])
"""Two digits at a time, the lower one first: half the work."""


class UniqueIdSyntaxError(ValueError):
    """The text cannot be one of our unique IDs."""


class UniqueId:
    """4 to 10 upper-case symbols of ``ALPHABET``. Never changed."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        if not MIN_LENGTH <= len(text) <= MAX_LENGTH or not _SYMBOLS.issuperset(text):
            raise UniqueIdSyntaxError(f"not a unique ID: {text[:40]!r}")
        self.text = text

    @classmethod
    def parse(cls, text: str) -> UniqueId:
        """Read an ID as a person types it: either case, blanks around it.

        Raises:
            UniqueIdSyntaxError: the only exception, whatever *text* holds.
        """
        # upper() alone would make FF of a typographer's ligature
        return cls(text.strip().upper() if len(text) <= 64 and text.isascii() else text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"UniqueId({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, UniqueId) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)


def issue_unique_id(mac: MacAddress, *, key: bytes, generation: int = 0, length: int = DEFAULT_LENGTH) -> UniqueId:
    """The ID of this phone: the same at every boot, random to anyone without *key*.

    HMAC-SHA-256 of ``mac/generation``, written in base 20; 20**6 is 64 million IDs. *generation* is raised
    when two phones of a site show one ID.
    """
    digest = hmac.digest(key, f"{mac.hex}/{generation}".encode(), hashlib.sha256)
    number: int = int.from_bytes(digest) % len(ALPHABET) ** length  # the digits below are its lowest
    text = ""
    while len(text) < length:
        number, pair = divmod(number, len(_PAIRS))
        text += _PAIRS[pair]
    return UniqueId(text[:length])
