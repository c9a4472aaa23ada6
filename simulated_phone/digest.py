"""HTTP digest as a phone answers it (RFC 2617: MD5, with or without ``qop=auth``)."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


@dataclass(frozen=True, slots=True)
class Challenge:
    """A WWW-Authenticate that the phone can answer. *opaque* is None where none was given."""

    realm: str
    nonce: str
    opaque: str | None
    has_qop: bool
    is_stale: bool


def choose_challenge(values: Sequence[str]) -> Challenge | None:
    """The first WWW-Authenticate value that this phone can answer: digest, MD5, ``auth`` or no qop."""
    for value in values:
        scheme, _, rest = value.strip().partition(" ")
        found = {
            match[1].lower(): match[2] if match[2] is not None else match[3] for match in _PARAMETER.finditer(rest)
        }
        qops = [qop.strip() for qop in found.get("qop", "").lower().split(",") if qop.strip()]
        is_known = scheme.lower() == "digest" and found.get("algorithm", "MD5").upper() == "MD5"
        if is_known and {"realm", "nonce"} <= found.keys() and (not qops or "auth" in qops):
            is_stale = found.get("stale", "").lower() == "true"
            return Challenge(found["realm"], found["nonce"], found.get("opaque"), bool(qops), is_stale)
    return None


def authorization(
    challenge: Challenge, *, user: str, password: str, method: str, uri: str, nonce_count: int, cnonce: str
) -> str:
    """The Authorization value, its parameters in the order in which a VVX sent them."""
    secret = _md5(f"{user}:{challenge.realm}:{password}")
    request = _md5(f"{method}:{uri}")
    count = f"{nonce_count:08x}"
    if challenge.has_qop:
        response = _md5(f"{secret}:{challenge.nonce}:{count}:{cnonce}:auth:{request}")
        proof_of_use = f', qop=auth, cnonce="{cnonce}", nc={count}'
    else:
        response = _md5(f"{secret}:{challenge.nonce}:{request}")
        proof_of_use = ""
    opaque = "" if challenge.opaque is None else f', opaque="{challenge.opaque}"'
    return (
        f'Digest username="{user}", realm="{challenge.realm}", nonce="{challenge.nonce}"{proof_of_use}{opaque}, '
        f'uri="{uri}", response="{response}", algorithm=MD5'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
