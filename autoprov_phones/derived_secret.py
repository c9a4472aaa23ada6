"""What belongs to one phone alone and is kept nowhere: made from the installation's key and the phone's MAC."""

from __future__ import annotations

import hashlib
import hmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = tuple([first + second for first in _BASE_32 for second in _BASE_32])
"""Two symbols at a time: half the work."""
_PAIR_BITS = 10
_SIP_PASSWORD_LENGTH = 24
OWN_TOKEN_LENGTH = 32


def derive_sip_password(mac: MacAddress, *, key: bytes) -> str:
    """The SIP password with which this un-provisioned phone registers: 24 symbols, 120 bits."""
    return _derive("sip-password", mac, key, _SIP_PASSWORD_LENGTH)


def derive_own_token(mac: MacAddress, *, key: bytes) -> str:
    """The name of this phone's own directory, under which an assigned phone finds its files: 32 symbols, 160 bits."""
    return _derive("own-files", mac, key, OWN_TOKEN_LENGTH)


def _derive(purpose: str, mac: MacAddress, key: bytes, length: int) -> str:
    """HMAC-SHA-256 of ``purpose/mac``, in symbols ``A-Z2-7``, which need no escaping in XML, SIP or a URL.

    The same at every boot, so that nobody keeps a list, and without *key* of no help towards another phone's. The
    purpose keeps it apart from all else that is made from the same key: unique IDs begin with a MAC.
    """
    digest = hmac.digest(key, f"{purpose}/{mac.hex}".encode(), hashlib.sha256)
    number = int.from_bytes(digest, "big") >> (256 - _PAIR_BITS * length // 2)
    shifts = range(_PAIR_BITS * (length // 2 - 1), -1, -_PAIR_BITS)
    return "".join([_PAIRS[number >> shift & 1023] for shift in shifts])
