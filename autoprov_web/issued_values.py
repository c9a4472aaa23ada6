"""What a registration file says of one phone alone, made from the installation's key, and remembered.

A phone asks for it at each boot, and some boot again and again. Remembered are only values for this one file: whether
somebody shows a secret is found out anew each time, so that the time which that takes tells nothing.
"""

from __future__ import annotations

from autoprov_phones.derived_secret import derive_own_token, derive_sip_password
from autoprov_phones.phone_tag import issue_phone_tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress
    from autoprov_phones.unique_id import UniqueId

_MAX_PHONES = 2048


class IssuedValues:
    """One phone's, in one generation of its ID."""

    __slots__ = ("_by_slot", "_filled", "unique_id")

    def __init__(self, mac: MacAddress, *, key: bytes, generation: int, length: int) -> None:
        tag = issue_phone_tag(mac, key=key, generation=generation, length=length)
        self.unique_id: UniqueId = tag.unique_id
        self._by_slot = (
            (b"@@MAC@@", str(mac).encode()),
            (b"@@UNIQUE_ID@@", str(tag.unique_id).encode()),
            (b"@@TAG@@", str(tag).encode()),
            (b"@@PASSWORD@@", derive_sip_password(mac, key=key).encode()),
            (b"@@OWN@@", derive_own_token(mac, key=key).encode()),
        )

        self._filled = (b"", b"")

    def fill(self, document: bytes) -> bytes:
        """*document* with its slots filled; no value needs escaping (see where they are made)."""
        filled_before, content = self._filled
        if filled_before is not document:
            content = document
            for slot, value in self._by_slot:
                content = content.replace(slot, value)
            self._filled = (document, content)
        return content


class IssuedMemory:
    """One site's values, those of the last phones that asked. Threads may share it: at worst one makes them again."""

    __slots__ = ("_key", "_length", "_made")

    def __init__(self, *, key: bytes, length: int) -> None:
        self._key = key
        self._length = length
        self._made: dict[tuple[str, int], IssuedValues] = {}

    def of(self, mac: MacAddress, generation: int) -> IssuedValues:
        """What the registration file of *mac* says."""
        name = (mac.hex, generation)
        values = self._made.get(name)
        if values is None:
            values = IssuedValues(mac, key=self._key, generation=generation, length=self._length)
            if len(self._made) >= _MAX_PHONES:
                self._made = {}
            self._made[name] = values
        return values
