"""HTTP Digest as SIP uses it (§22.4, RFC 2617, RFC 8760)."""

import hashlib
import hmac
import re
from enum import Enum
from typing import NamedTuple

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.grammar import QUOTED_STRING, TOKEN, quote, unquote

# credentials     = ("Digest" LWS digest-response) / other-response
# digest-response = dig-resp *(COMMA dig-resp);  dig-resp = name EQUAL ( token / quoted-string )
# Wider: an unquoted value runs to the next comma or blank, for phones that leave the quotes of uri= away.
_SCHEME = re.compile(rf"[ \t]*+({TOKEN})[ \t]++")
# What stands in quotes without an escape, as nearly always, is found without them.
_AUTH_PARAM = re.compile(
    rf"[ \t]*+({TOKEN})[ \t]*+=[ \t]*+"
    rf'(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*+)"|({QUOTED_STRING}|[^\",\x00-\x20\x7f]++))[ \t]*+(,|\Z)'
)
# As phones write it, all of them in one step: no blank but behind commas, no escape.
_USUAL_PARAM = r"""([a-z]++)=(?:"([\x20\x21\x23-\x5b\x5d-\x7e]*+)"|([!#-+\--~]++))"""
_USUAL = re.compile(rf"Digest (?:{_USUAL_PARAM}(?:, ?+|\Z))+(?<!,)(?<! )")
_USUAL_PARAMS = re.compile(_USUAL_PARAM)
# nc-value = 8LHEX
_NONCE_COUNT = re.compile(r"[0-9A-Fa-f]{8}")
QOP_AUTH = "auth"


class Algorithm(Enum):
    """A digest algorithm, by its name in the headers."""

    MD5 = "MD5"
    SHA_256 = "SHA-256"

    def hex_digest(self, text: str) -> str:
        """H() of RFC 2617 §3.2.1."""
        data = text.encode("utf-8", "surrogateescape")
        if self is Algorithm.MD5:
            return hashlib.md5(data, usedforsecurity=False).hexdigest()
        return hashlib.sha256(data).hexdigest()


_ALGORITHMS = {algorithm.value: algorithm for algorithm in Algorithm}


class Challenge(NamedTuple):
    """A WWW-Authenticate value; we always offer qop=auth."""

    realm: str
    nonce: str
    algorithm: Algorithm = Algorithm.MD5
    is_stale: bool = False
    qop: tuple[str, ...] = (QOP_AUTH,)
    opaque: str | None = None

    def __str__(self) -> str:
        text = f"Digest realm={quote(self.realm)}, nonce={quote(self.nonce)}, algorithm={self.algorithm.value}"
        if self.qop:
            text += f", qop={quote(','.join(self.qop))}"
        if self.opaque is not None:
            text += f", opaque={quote(self.opaque)}"
        return f"{text}, stale=true" if self.is_stale else text


class Credentials(NamedTuple):
    """An Authorization value; *qop*, *cnonce* and *nonce_count* (8 hex digits) are None for RFC 2069's clients."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm = Algorithm.MD5
    qop: str | None = None
    cnonce: str | None = None
    nonce_count: str | None = None
    opaque: str | None = None

    def __str__(self) -> str:
        parts = [
            f"{name}={quote(value)}"
            for name, value in (
                ("username", self.username),
                ("realm", self.realm),
                ("nonce", self.nonce),
                ("uri", self.uri),
                ("response", self.response),
                ("cnonce", self.cnonce),
                ("opaque", self.opaque),
            )
            if value is not None
        ]
        plain = (("algorithm", self.algorithm.value), ("qop", self.qop), ("nc", self.nonce_count))
        return "Digest " + ", ".join(parts + [f"{name}={value}" for name, value in plain if value is not None])

    def __repr__(self) -> str:
        return f"Credentials({self.username!r}, {self.realm!r})"  # no response

    def is_made_with(self, password: str, *, method: str) -> bool:
        """Whether the sender knew *password*; takes the same time for any wrong answer."""
        expected = digest_response(self, password=password, method=method)
        return hmac.compare_digest(expected.encode(), self.response.lower().encode("utf-8", "surrogateescape"))


def digest_response(credentials: Credentials, *, password: str, method: str) -> str:
    """``request-digest`` of RFC 2617 §3.2.2 for these credentials, whatever ``response`` they hold."""
    digest = credentials.algorithm.hex_digest
    ha1 = digest(f"{credentials.username}:{credentials.realm}:{password}")
    ha2 = digest(f"{method}:{credentials.uri}")
    if credentials.qop is None:
        return digest(f"{ha1}:{credentials.nonce}:{ha2}")
    return digest(f"{ha1}:{credentials.nonce}:{credentials.nonce_count}:{credentials.cnonce}:{credentials.qop}:{ha2}")


def parse_challenge(text: str) -> Challenge:
    """Read a WWW-Authenticate value.

    Raises:
        SipSyntaxError: the only exception; also for another scheme or algorithm.
    """
    params = _parse_digest_params(text)
    return Challenge(
        realm=_required(params, "realm"),
        nonce=_required(params, "nonce"),
        algorithm=_parse_algorithm(params.get("algorithm")),
        is_stale=params.get("stale", "").lower() == "true",
        qop=tuple(option.strip() for option in params["qop"].split(",")) if "qop" in params else (),
        opaque=params.get("opaque"),
    )


def parse_credentials(text: str) -> Credentials:
    """Read an Authorization value.

    Raises:
        SipSyntaxError: the only exception; also for another scheme, algorithm or qop than ours.
    """
    params = _parse_digest_params(text)
    qop, cnonce, nonce_count = params.get("qop"), params.get("cnonce"), params.get("nc")
    if qop is not None:
        if qop.lower() != QOP_AUTH or cnonce is None or nonce_count is None:
            raise SipSyntaxError("qop Is Not auth With cnonce And nc")
        if _NONCE_COUNT.fullmatch(nonce_count) is None:
            raise SipSyntaxError("Malformed nc")
    return Credentials(
        _required(params, "username"),
        _required(params, "realm"),
        _required(params, "nonce"),
        _required(params, "uri"),
        _required(params, "response"),
        _parse_algorithm(params.get("algorithm")),
        qop,
        cnonce,
        nonce_count,
        params.get("opaque"),
    )


def _parse_digest_params(text: str) -> dict[str, str]:
    if _USUAL.fullmatch(text) is not None:
        usual = _USUAL_PARAMS.findall(text, len("Digest "))
        by_name = {str(name): str(quoted or token) for name, quoted, token in usual}
        if len(by_name) == len(usual):
            return by_name
    scheme = _SCHEME.match(text)
    if scheme is None or scheme[1].lower() != "digest":
        raise SipSyntaxError("Not Digest")
    params: dict[str, str] = {}
    position, comma = scheme.end(), ","
    while comma:
        match = _AUTH_PARAM.match(text, position)
        if match is None:
            raise SipSyntaxError("Malformed Digest Parameters")
        name, quoted, value, comma = match.groups("")
        name = name.lower()
        if name in params:
            raise SipSyntaxError("Digest Parameter Given Twice")
        params[name] = unquote(value) if value[:1] == '"' else value or quoted
        position = match.end()
    return params


def _required(params: dict[str, str], name: str) -> str:
    if name not in params:
        raise SipSyntaxError(f"{name} Missing In Digest")
    return params[name]


def _parse_algorithm(name: str | None) -> Algorithm:
    algorithm = Algorithm.MD5 if name is None else _ALGORITHMS.get(name.upper())
    if algorithm is None:
        raise SipSyntaxError("Unknown Digest Algorithm")
    return algorithm
