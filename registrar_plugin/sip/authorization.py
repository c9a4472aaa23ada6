"""What a client answers a digest challenge with (§22.2, §22.3)."""

from collections.abc import Sequence
from typing import NamedTuple

from registrar_plugin.sip.digest import QOP_AUTH, Challenge, Credentials, digest_response, parse_challenge
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.response import Response

_CHALLENGES = {
    401: ("www-authenticate", "Authorization"),
    407: ("proxy-authenticate", "Proxy-Authorization"),
}


class Authorization(NamedTuple):
    """*header* is a whole header field, its name included; *realm* is the one that asked for it."""

    header: str
    realm: str


def authorization_for(
    response: Response, *, method: str, uri: str, user: str, password: str, cnonce: str
) -> Authorization | None:
    """For the request once more: the digest that *response* asks for; None where it asks for none that we know.

    *uri* is the request's; *cnonce* one that was not used before.
    """
    names = _CHALLENGES.get(response.status)
    if names is None:
        return None
    asked, answered = names
    challenge = _first_known(response.headers.all(asked))
    if challenge is None:
        return None
    unsigned = Credentials(
        username=user,
        realm=challenge.realm,
        nonce=challenge.nonce,
        uri=uri,
        response="",
        algorithm=challenge.algorithm,
        opaque=challenge.opaque,
        qop=QOP_AUTH if challenge.qop else None,
        cnonce=cnonce if challenge.qop else None,
        nonce_count="00000001" if challenge.qop else None,
    )
    signed = unsigned._replace(response=digest_response(unsigned, password=password, method=method))
    return Authorization(f"{answered}: {signed}", challenge.realm)


def _first_known(values: Sequence[str]) -> Challenge | None:
    for value in values:
        try:
            challenge = parse_challenge(value)
        except SipSyntaxError:
            continue
        if not challenge.qop or QOP_AUTH in challenge.qop:
            return challenge
    return None
