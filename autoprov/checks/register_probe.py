"""A REGISTER of our own, to see how a registrar takes the phones': challenge, password, contacts. Edge: UDP."""

import secrets
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from registrar_plugin.hosts.udp_transaction import transact
from registrar_plugin.sip.authorization import authorization_for
from registrar_plugin.sip.host import write_host_port
from registrar_plugin.sip.response import Response
from registrar_plugin.sip.via import BRANCH_COOKIE, Address

USER_AGENT = "autoprov check"
_METHOD = "REGISTER"
_PAUSES = (timedelta(milliseconds=500), timedelta(seconds=1), timedelta(seconds=2))


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
    """*status* is the last, *realm* that of the challenge, ``""`` without one; *contacts* are those in the 200."""

    status: int
    realm: str
    contacts: int


class NoProbeAnswer(Exception):
    """Nobody answered; its text says why, as far as that is known."""


def probe(at: Address, account: Account, *, seconds: int = 120) -> ProbeAnswer:
    """Register there for *seconds*, and take that back.

    Raises:
        NoProbeAnswer: as it says.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in at[0] else socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.connect(at)
            client = _Client(ours, account)
            answer = client.register(expires=seconds)
            if answer.status == 200:
                client.register(expires=0)
            return answer
    except OSError as error:
        raise NoProbeAnswer(error.strerror or str(error)) from error


class _Client:
    """One Call-ID at one socket."""

    def __init__(self, ours: socket.socket, account: Account) -> None:
        self._socket = ours
        self._account = account
        self._call_id = secrets.token_hex(16)
        self._cseq = count(1)
        host, port = ours.getsockname()[:2]
        self._here = write_host_port(host, port)

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
            return _answer(response, realm="")
        return _answer(self._ask(expires, asked.header), realm=asked.realm)

    def _ask(self, expires: int, authorization: str | None = None) -> Response:
        branch = BRANCH_COOKIE + secrets.token_hex(8)
        request = self._request(expires, branch=branch, authorization=authorization)
        response = transact(self._socket, request, method=_METHOD, branch=branch, pauses=_PAUSES)
        if response is None:
            raise NoProbeAnswer(f"no answer within {sum(_PAUSES, timedelta()).total_seconds():g} seconds")
        return response

    def _request(self, expires: int, *, branch: str, authorization: str | None) -> bytes:
        account, here = self._account, self._here
        address = f"<sip:{account.user}@{account.domain}>"
        lines = [
            f"{_METHOD} sip:{account.domain} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch={branch};rport",
            "Max-Forwards: 70",
            f'From: "{account.display_name}" {address};tag={self._call_id[:8]}',
            f"To: {address}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {next(self._cseq)} {_METHOD}",
            f"Contact: <sip:{account.user}@{here}>",
            f"User-Agent: {USER_AGENT}",
            f"Expires: {expires}",
            *([] if authorization is None else [authorization]),
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _answer(response: Response, *, realm: str) -> ProbeAnswer:
    return ProbeAnswer(response.status, realm, len(response.headers.elements("contact")))
