"""A REGISTER of our own, to see how a registrar takes the phones': challenge, password, contacts. Edge: UDP."""

import secrets
import socket
import time
from dataclasses import dataclass, field
from itertools import count

from registrar_plugin.sip.digest import QOP_AUTH, Challenge, Credentials, digest_response, parse_challenge
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.host import write_host_port
from registrar_plugin.sip.response import Response, parse_response
from registrar_plugin.sip.via import BRANCH_COOKIE, Address

USER_AGENT = "autoprov check"
_METHOD = "REGISTER"
_PAUSES = (0.5, 1.0, 2.0)
_CHALLENGES = {401: ("www-authenticate", "Authorization"), 407: ("proxy-authenticate", "Proxy-Authorization")}
_LARGEST = 65_535


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
        names = _CHALLENGES.get(response.status)
        if names is None:
            return _answer(response, realm="")
        challenge = _known_challenge(response, names[0])
        if challenge is None:
            return _answer(response, realm="")
        signed = self._ask(expires, f"{names[1]}: {self._credentials(challenge)}")
        return _answer(signed, realm=challenge.realm)

    def _ask(self, expires: int, authorization: str | None = None) -> Response:
        key = secrets.token_hex(8)
        request = self._request(expires, branch=BRANCH_COOKIE + key, authorization=authorization)
        for pause in _PAUSES:
            self._socket.send(request)
            response = self._response(BRANCH_COOKIE + key, until=time.monotonic() + pause)
            if response is not None:
                return response
        raise NoProbeAnswer(f"no answer within {sum(_PAUSES):g} seconds")

    def _response(self, branch: str, *, until: float) -> Response | None:
        while (left := until - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                response = parse_response(self._socket.recv(_LARGEST))
            except TimeoutError:
                return None
            except SipSyntaxError:
                continue
            if response.via.branch == branch and response.status >= 200:
                return response
        return None

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

    def _credentials(self, challenge: Challenge) -> Credentials:
        unsigned = Credentials(
            username=self._account.digest_user,
            realm=challenge.realm,
            nonce=challenge.nonce,
            uri=f"sip:{self._account.domain}",
            response="",
            algorithm=challenge.algorithm,
            opaque=challenge.opaque,
            qop=QOP_AUTH if challenge.qop else None,
            cnonce=secrets.token_hex(8) if challenge.qop else None,
            nonce_count="00000001" if challenge.qop else None,
        )
        return unsigned._replace(response=digest_response(unsigned, password=self._account.password, method=_METHOD))


def _answer(response: Response, *, realm: str) -> ProbeAnswer:
    return ProbeAnswer(response.status, realm, len(response.headers.elements("contact")))


def _known_challenge(response: Response, name: str) -> Challenge | None:
    for value in response.headers.all(name):
        try:
            return parse_challenge(value)
        except SipSyntaxError:
            continue
    return None
