"""Who may use the API: the one administrator, by Basic sent at once (contract 1.5)."""

import hmac
import secrets
from base64 import b64encode
from dataclasses import dataclass, field

from flask import Request, Response


@dataclass(frozen=True, slots=True)
class AdminAccount:
    """The administrator's user name and password."""

    user_name: str
    password: str = field(repr=False)


def challenge(request: Request, *, account: AdminAccount, realm: str) -> Response | None:
    """The 401 for whoever is not the administrator; None for who is.

    Without credentials the challenge is Digest alone, as sipXconfig's is: so a client that waits for a Basic challenge
    fails here as it would there. Digest itself is not understood here.
    """
    if "Authorization" not in request.headers:
        nonce = b64encode(secrets.token_bytes(24)).decode()
        return _denied(
            "An Authentication object was not found in the SecurityContext",
            f'Digest realm="{realm}", qop="auth", nonce="{nonce}"',
        )
    if _is_admin(request, account):
        return None
    return _denied("Bad credentials", f'Basic realm="{realm}"')


def _is_admin(request: Request, account: AdminAccount) -> bool:
    try:
        given = request.authorization
    except ValueError:  # Basic in letters beyond ASCII, on which werkzeug stumbles
        return False
    if given is None or given.type != "basic":
        return False
    same_name = hmac.compare_digest((given.username or "").encode(), account.user_name.encode())
    same_password = hmac.compare_digest((given.password or "").encode(), account.password.encode())
    return same_name and same_password


def _denied(reason: str, authenticate: str) -> Response:
    page = f"<html><head><title>Error 401</title></head><body><p>{reason}</p></body></html>\n"
    response = Response(page, status=401, content_type="text/html; charset=ISO-8859-1")
    response.headers["WWW-Authenticate"] = authenticate
    return response
