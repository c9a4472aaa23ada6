"""What belongs to one phone alone and is kept nowhere: made from the installation's key and the phone's MAC."""

from __future__ import annotations

import hashlib
import hmac

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autoprov_phones.mac import MacAddress

_BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BITS = 5
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
    number = int.from_bytes(hmac.digest(key, f"{purpose}/{mac.hex}".encode(), hashlib.sha256), "big")
    shifts = range(256 - _BITS, 256 - _BITS * (length + 1), -_BITS)
    return "".join([_BASE_32[(number >> shift) & 31] for shift in shifts])
