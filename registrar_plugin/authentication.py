"""Who may register: digest authentication of one user, in both directions of the 401."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from urllib.parse import unquote

from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.sip.digest import Algorithm, Challenge, Credentials, parse_credentials
from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.nonce import is_nonce_alive, issue_nonce
from registrar_plugin.sip.request import Request

MAX_WRONG_ANSWERS = 5
"""A phone with a wrong password is told so by 403 after this many, or it would go round the 401 for ever."""
_WRONG_ANSWERS_REMEMBERED = timedelta(minutes=5)
_LIMIT = 50_000


class Verdict(Enum):
    """What the credentials of a request are worth."""

    ADMITTED = auto()
    NO_CREDENTIALS = auto()
    """None, or none that are right: ask (again)."""
    STALE = auto()
    """The password is right, the nonce too old or used up: ask with ``stale=true``."""
    TOO_MANY_WRONG_ANSWERS = auto()


@dataclass(frozen=True, slots=True)
class DigestUser:
    """The one user of a registrar."""

    name: str
    realm: str
    password: str = field(repr=False)
    algorithm: Algorithm = Algorithm.MD5


class Authenticator:
    """Checks and challenges; remembers the nonce counts of those it admitted, so that no request works twice.

    The digest's ``uri`` is taken as the phone wrote it: proxies and ALGs rewrite the Request-URI on the way, and with a
    nonce count that only rises nothing is gained by repeating a response for another URI.
    """

    def __init__(self, user: DigestUser, *, nonce_key: bytes, nonce_life: timedelta) -> None:
        self._user = user
        self._nonce_key = nonce_key
        self._nonce_life = nonce_life
        self._serial = 0
        self._nonce_counts = ExpiringMap[str, int](life=nonce_life + timedelta(seconds=2), limit=_LIMIT)
        self._wrong_answers = ExpiringMap[tuple[str, str], int](life=_WRONG_ANSWERS_REMEMBERED, limit=_LIMIT)

    def check(self, request: Request, *, source_host: str, now: datetime) -> Verdict:
        """Judge the request's Authorization; a right answer counts even after many wrong ones."""
        if not request.headers.all("authorization"):
            return Verdict.NO_CREDENTIALS
        phone = (source_host, request.call_id)
        credentials = self._credentials(request)
        if credentials is None or not credentials.is_made_with(self._user.password, method=request.method):
            return self._count_wrong_answer(phone, now)
        self._wrong_answers.discard(phone)
        if not is_nonce_alive(credentials.nonce, key=self._nonce_key, life=self._nonce_life, now=now):
            return Verdict.STALE
        return Verdict.ADMITTED if self._spend(credentials, now) else Verdict.STALE

    def challenge(self, *, is_stale: bool, now: datetime) -> Challenge:
        """A challenge with a nonce of its own."""
        self._serial += 1
        nonce = issue_nonce(key=self._nonce_key, serial=self._serial, now=now)
        return Challenge(self._user.realm, nonce, self._user.algorithm, is_stale)

    def _credentials(self, request: Request) -> Credentials | None:
        """Those of our user for our realm; what cannot be read is passed over, for the 401 asks better than a 400."""
        for text in request.headers.all("authorization"):
            try:
                credentials = parse_credentials(text)
            except SipSyntaxError:
                continue
            if self._is_for_us(credentials):
                return credentials
        return None

    def _is_for_us(self, credentials: Credentials) -> bool:
        user = self._user
        is_our_user = _is_name_of(credentials.username, user.name)
        return is_our_user and credentials.realm == user.realm and credentials.algorithm is user.algorithm

    def _spend(self, credentials: Credentials, now: datetime) -> bool:
        """Whether the nonce count is higher than any before; without qop a nonce is good for one request."""
        count = 1 if credentials.nonce_count is None else int(credentials.nonce_count, 16)
        spent = self._nonce_counts.get(credentials.nonce, now=now) or 0
        if count <= spent:
            return False
        self._nonce_counts.set(credentials.nonce, count, now=now)
        return True

    def _count_wrong_answer(self, phone: tuple[str, str], now: datetime) -> Verdict:
        count = (self._wrong_answers.get(phone, now=now) or 0) + 1
        self._wrong_answers.set(phone, count, now=now)
        return Verdict.NO_CREDENTIALS if count <= MAX_WRONG_ANSWERS else Verdict.TOO_MANY_WRONG_ANSWERS


def _is_name_of(username: str, name: str) -> bool:
    """``user`` or ``user/MAC`` as sipXecs lets its phones say, ``~`` escaped by some of them."""
    return unquote(username.partition("/")[0]) == name
