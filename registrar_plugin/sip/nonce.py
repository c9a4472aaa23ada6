"""Nonces that need no memory: their time and a signature are in them."""

import hashlib
import hmac
from datetime import datetime, timedelta

_TIME_DIGITS = 10
_SERIAL_DIGITS = 10
_SIGNED_DIGITS = _TIME_DIGITS + _SERIAL_DIGITS
_SIGNATURE_BYTES = 16


def issue_nonce(*, key: bytes, serial: int, now: datetime) -> str:
    """A nonce of 52 hex digits: Unix seconds, *serial*, MAC; *serial* tells those of one second apart.

    *key* is not longer than 64 bytes.
    """
    seconds = int(now.timestamp())
    signed = f"{seconds % 16**_TIME_DIGITS:0{_TIME_DIGITS}x}{serial % 16**_SERIAL_DIGITS:0{_SERIAL_DIGITS}x}"
    return signed + _sign(signed, key)


def is_nonce_alive(nonce: str, *, key: bytes, life: timedelta, now: datetime) -> bool:
    """Whether the holder of *key* issued *nonce*, not longer than *life* ago."""
    signed, signature = nonce[:_SIGNED_DIGITS], nonce[_SIGNED_DIGITS:]
    if not hmac.compare_digest(_sign(signed, key).encode(), signature.encode("utf-8", "surrogateescape")):
        return False
    age = now.timestamp() - int(signed[:_TIME_DIGITS], 16)
    return 0 <= age <= life.total_seconds() + 1


def _sign(signed: str, key: bytes) -> str:
    data = signed.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(data, key=key, digest_size=_SIGNATURE_BYTES).hexdigest()
