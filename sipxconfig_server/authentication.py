"""Who may use a port that asks for credentials: the one administrator (contract 1.5)."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Request, Response

from sipxconfig_server.digest import BadDigest, DigestRealm
from sipxconfig_server.error_page import error_page

_NO_CREDENTIALS = "An Authentication object was not found in the SecurityContext"


@dataclass(frozen=True, slots=True)
class AdminAccount:
    """A user name and its password."""

    user_name: str
    password: str = field(repr=False)


class Doorkeeper:
    """Lets the administrator in, by Basic sent at once or by Digest.

    Without credentials the challenge is Digest alone, as sipXconfig's is: so a client that waits for a Basic challenge
    fails here as it would there. *others* are known, and may do nothing.
    """

    def __init__(
        self, admin: AdminAccount, *, realm: str, others: Sequence[AdminAccount], clock: Callable[[], float]
    ) -> None:
        self._accounts = (admin, *others)
        self._realm = realm
        self._digest = DigestRealm(realm, clock=clock)

    def refusal(self, request: Request) -> Response | None:
        """The 401 or 403 for whoever is not the administrator; None for who is."""
        if "Authorization" not in request.headers:
            return _denied(request, _NO_CREDENTIALS, self._digest.challenge())
        try:
            given = request.authorization
        except ValueError:  # Basic in letters beyond ASCII, on which werkzeug stumbles
            given = None
        user_name: str | None = None
        if given is not None and given.type == "digest":
            passwords = {account.user_name: account.password for account in self._accounts}
            try:
                user_name = self._digest.proven_user(given, method=request.method, passwords=passwords)
            except BadDigest as error:
                return _denied(request, error.reason, self._digest.challenge(is_stale=error.is_stale))
        elif given is not None and given.type == "basic":
            user_name = self._user_of_basic(given.username or "", given.password or "")
        if user_name is None:
            return _denied(request, "Bad credentials", f'Basic realm="{self._realm}"')
        return None if user_name == self._accounts[0].user_name else error_page(request, 403, "Access is denied")

    def _user_of_basic(self, user_name: str, password: str) -> str | None:
        found = None
        for account in self._accounts:  # all of them, so that the time taken says nothing
            same_name = hmac.compare_digest(user_name.encode(), account.user_name.encode())
            same_password = hmac.compare_digest(password.encode(), account.password.encode())
            if same_name and same_password and found is None:
                found = account.user_name
        return found


def _denied(request: Request, reason: str, authenticate: str) -> Response:
    response = error_page(request, 401, reason)
    response.headers["WWW-Authenticate"] = authenticate
    return response
