"""HTTP Digest as sipXconfig does it (RFC 2617, contract 1.5): a nonce is good for ten seconds, and more than once."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import md5
from typing import Final

from werkzeug.datastructures import Authorization

_LIFETIME: Final = 10.0


class BadDigest(Exception):
    """What was sent proves nothing; *reason* is sipXconfig's. *is_stale*: only the nonce is too old."""

    def __init__(self, reason: str, *, is_stale: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_stale = is_stale


class DigestRealm:
    """Challenges and their proofs; a nonce is of use only to the realm that gave it."""

    def __init__(self, realm: str, *, clock: Callable[[], float]) -> None:
        self._realm = realm
        self._clock = clock
        self._key = secrets.token_hex(16)

    def challenge(self, *, is_stale: bool = False) -> str:
        """The value of ``WWW-Authenticate``."""
        expiry = str(int((self._clock() + _LIFETIME) * 1000))
        nonce = b64encode(f"{expiry}:{self._signature(expiry)}".encode()).decode()
        stale = ', stale="true"' if is_stale else ""
        return f'Digest realm="{self._realm}", qop="auth", nonce="{nonce}"{stale}'

    def proven_user(self, given: Authorization, *, method: str, passwords: Mapping[str, str]) -> str:
        """The name of the user whose password was used.

        Raises:
            BadDigest: nobody's was, or for a nonce that is not ours or no longer good.
        """
        user_name, nonce = given.get("username") or "", given.get("nonce") or ""
        expiry = self._expiry_of(nonce)
        expected = digest_response(given, method=method, realm=self._realm, password=passwords.get(user_name, ""))
        if user_name not in passwords or not hmac.compare_digest(expected, (given.get("response") or "").encode()):
            raise BadDigest("Incorrect response")
        if expiry < self._clock() * 1000:
            raise BadDigest("Nonce has expired/timed out", is_stale=True)
        return user_name

    def _expiry_of(self, nonce: str) -> int:
        try:
            expiry, _, signature = b64decode(nonce, validate=True).decode("ascii").partition(":")
        except ValueError as error:
            raise BadDigest("Nonce is not of our form") from error
        if not hmac.compare_digest(signature, self._signature(expiry)):
            raise BadDigest("Nonce was not issued here")
        return int(expiry)

    def _signature(self, expiry: str) -> str:
        return hmac.new(self._key.encode(), expiry.encode(), "md5").hexdigest()


def digest_response(given: Authorization, *, method: str, realm: str, password: str) -> bytes:
    """The ``response`` that *password* gives for what else *given* says (RFC 2617 §3.2.2.1, qop ``auth``)."""

    def part(name: str) -> str:
        return given.get(name) or ""

    own = _hash(part("username"), realm, password)
    asked = _hash(method, part("uri"))
    return _hash(own, part("nonce"), part("nc"), part("cnonce"), part("qop"), asked).encode()


def _hash(*parts: str) -> str:
    return md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()
