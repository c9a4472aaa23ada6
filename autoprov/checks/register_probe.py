"""A REGISTER of our own, to see how a registrar takes the phones': challenge, password, contacts."""

import secrets
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from autoprov.checks.probe_connection import PATIENCE, ProbeConnection, connected
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.sip.authorization import authorization_for
from registrar_plugin.sip.host import write_host_port
from registrar_plugin.sip.response import Response
from registrar_plugin.sip.via import BRANCH_COOKIE, Address

USER_AGENT = "autoprov check"
_METHOD = "REGISTER"


@dataclass(frozen=True, slots=True)
class Account:
    """As what to register; *display_name* is the phone tag, *digest_user* who answers the challenge."""

    user: str
    domain: str
    display_name: str
    digest_user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """*status* is the last, *realm* that of the challenge, ``""`` without one; *contacts* are those in the 200.

    *unverified* says why the registrar's certificate is not trusted here, ``""`` where it is, and without TLS.
    """

    status: int
    realm: str
    contacts: int
    unverified: str = ""


class NoProbeAnswer(Exception):
    """Nobody answered; its text says why, as far as that is known."""


@contextmanager
def registered(at: Address, account: Account, *, transport: Transport, expires: timedelta) -> Generator[ProbeAnswer]:
    """Registered there until the end of the block, as long as phones at most; where it was let in, it is taken back.

    Raises:
        NoProbeAnswer: as it says.
    """
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(connected(at, transport, name=account.domain))
            client = _Client(connection, account)
            answer = client.register(expires=int(expires.total_seconds()))
        except OSError as error:
            raise NoProbeAnswer(error.strerror or str(error)) from error
        try:
            yield answer
        finally:
            if answer.status == 200:
                with suppress(NoProbeAnswer, OSError):  # then it ends by itself
                    client.register(expires=0)


class _Client:
    """One Call-ID at one connection."""

    def __init__(self, connection: ProbeConnection, account: Account) -> None:
        self._connection = connection
        self._account = account
        self._call_id = secrets.token_hex(16)
        self._cseq = count(1)
        self._here = write_host_port(*connection.own_address)

    def register(self, *, expires: int) -> ProbeAnswer:
        """Both rounds."""
        response = self._ask(expires)
        account = self._account
        asked = authorization_for(
            response,
            method=_METHOD,
            uri=f"sip:{account.domain}",
            user=account.digest_user,
            password=account.password,
            cnonce=secrets.token_hex(8),
        )
        if asked is None:
            return self._answer(response, realm="")
        return self._answer(self._ask(expires, asked.header), realm=asked.realm)

    def _ask(self, expires: int, authorization: str | None = None) -> Response:
        branch = BRANCH_COOKIE + secrets.token_hex(8)
        request = self._request(expires, branch=branch, authorization=authorization)
        response = self._connection.transact(request, method=_METHOD, branch=branch)
        if response is None:
            raise NoProbeAnswer(f"no answer within {PATIENCE.total_seconds():g} seconds")
        return response

    def _request(self, expires: int, *, branch: str, authorization: str | None) -> bytes:
        account, here, transport = self._account, self._here, self._connection.transport
        contact = f"sip:{account.user}@{here}"
        if transport is not Transport.UDP:
            contact += f";transport={transport.value}"
        address = f"<sip:{account.user}@{account.domain}>"
        lines = [
            f"{_METHOD} sip:{account.domain} SIP/2.0",
            f"Via: SIP/2.0/{transport.name} {here};branch={branch};rport",
            "Max-Forwards: 70",
            f'From: "{account.display_name}" {address};tag={self._call_id[:8]}',
            f"To: {address}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {next(self._cseq)} {_METHOD}",
            f"Contact: <{contact}>",
            f"User-Agent: {USER_AGENT}",
            f"Expires: {expires}",
            *([] if authorization is None else [authorization]),
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _answer(self, response: Response, *, realm: str) -> ProbeAnswer:
        contacts = len(response.headers.elements("contact"))
        return ProbeAnswer(response.status, realm, contacts, self._connection.unverified)
