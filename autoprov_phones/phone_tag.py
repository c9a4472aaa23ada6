"""The phone tag: what a phone says in its From display name, so that a REGISTER tells who sent it."""

from __future__ import annotations

import hmac

from autoprov_phones.mac import MacAddress, MacSyntaxError
from autoprov_phones.unique_id import UniqueId, UniqueIdSyntaxError, issue_unique_id

MAX_GENERATION = 15
"""A phone's ID generation never rises above this; the chance to need 2 is one in millions."""


class PhoneTagSyntaxError(ValueError):
    """The text is not a phone tag."""


class PhoneTag:
    """``[unique ID]-[MAC]``, the form that the design mail of 2009 gave it (`KTM4PX-0004f2abcdef`). Never changed."""

    __slots__ = ("mac", "unique_id")

    def __init__(self, unique_id: UniqueId, mac: MacAddress) -> None:
        self.unique_id = unique_id
        self.mac = mac

    @classmethod
    def parse(cls, text: str) -> PhoneTag:
        """Read a From display name, without its quotes.

        Raises:
            PhoneTagSyntaxError: the only exception, whatever *text* holds.
        """
        unique_id, hyphen, mac = text.strip().partition("-")
        if not hyphen:
            raise PhoneTagSyntaxError(f"no '-' in {text[:40]!r}")
        try:
            return cls(UniqueId.parse(unique_id), MacAddress.parse(mac))
        except (UniqueIdSyntaxError, MacSyntaxError) as error:
            raise PhoneTagSyntaxError(str(error)) from error

    def __str__(self) -> str:
        return f"{self.unique_id}-{self.mac}"

    def __repr__(self) -> str:
        return f"PhoneTag({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, PhoneTag) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


def issue_phone_tag(mac: MacAddress, *, key: bytes, generation: int = 0, length: int) -> PhoneTag:
    """The tag that this phone's registration file carries."""
    return PhoneTag(issue_unique_id(mac, key=key, generation=generation, length=length), mac)


def is_issued_by(tag: PhoneTag, *, key: bytes, length: int) -> bool:
    """Whether the holder of *key* issued this tag, in whichever generation, with an ID of *length* symbols or more.

    A shorter ID is the beginning of a longer one, and would be easier to guess.
    """
    said = tag.unique_id.text
    return len(said) >= length and any(
        hmac.compare_digest(issue_unique_id(tag.mac, key=key, generation=generation, length=len(said)).text, said)
        for generation in range(MAX_GENERATION + 1)
    )
