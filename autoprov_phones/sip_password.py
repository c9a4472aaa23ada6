"""The SIP password with which one un-provisioned phone registers."""

import base64
import hashlib
import hmac

from autoprov_phones.mac import MacAddress

_BYTES = 15
_PURPOSE = "sip-password"
"""Apart from all else that is made from the same key: unique IDs begin with a MAC."""


def derive_sip_password(mac: MacAddress, *, key: bytes) -> str:
    """The password of this phone alone: 24 of the symbols ``A-Z2-7``, which need no escaping in XML, SIP or a URL.

    HMAC-SHA-256 of ``sip-password/mac`` in base32, 120 bits of it: the same at every boot, so that nobody keeps a list,
    and without *key* of no help towards another phone's.
    """
    proof = hmac.digest(key, f"{_PURPOSE}/{mac.hex}".encode(), hashlib.sha256)
    return base64.b32encode(proof[:_BYTES]).decode("ascii")
