"""Who may register: digest authentication of one user, in both directions of the 401."""

from datetime import datetime, timedelta
from enum import Enum, auto
from urllib.parse import unquote

from autoprov_phones.phone_tag import PhoneTag
from registrar_plugin.expiring_map import ExpiringMap
from registrar_plugin.passwords import KnownPassword, PasswordPerPhone, Passwords
from registrar_plugin.register_rules import RegistrarSettings
from registrar_plugin.sip.digest import Challenge, Credentials, parse_credentials
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
    ADMITTED_WITH_OLD_PASSWORD = auto()
    NO_CREDENTIALS = auto()
    """None that answer a challenge of ours: ask (again)."""
    WRONG_PASSWORD = auto()
    """Our challenge was answered without knowing the password, or as another user: ask again."""
    STALE = auto()
    """The password is right, the nonce too old or used up: ask with ``stale=true``."""
    TOO_MANY_WRONG_ANSWERS = auto()


class Authenticator:
    """Checks and challenges; remembers the nonce counts of those it admitted, so that no request works twice.

    The digest's ``uri`` is taken as the phone wrote it: proxies and ALGs rewrite the Request-URI on the way, and with a
    nonce count that only rises nothing is gained by repeating a response for another URI.

    A nonce is bound to no address either. A NAT may give a phone another port or address between its two requests, and
    gives all phones behind it the same: the binding would refuse the honest and tell nobody apart. What it is meant
    to prevent, that a response is used again from elsewhere, the nonce count prevents wherever it comes from.
    """

    def __init__(self, settings: RegistrarSettings) -> None:
        self._settings = settings
        self._passwords = _passwords(settings)
        self._serial = 0
        self._nonce_counts = ExpiringMap[str, int](life=settings.nonce_life + timedelta(seconds=2), limit=_LIMIT)
        self._wrong_answers = ExpiringMap[tuple[str, int], int](life=_WRONG_ANSWERS_REMEMBERED, limit=_LIMIT)

    def check(self, request: Request, *, tag: PhoneTag | None, source_host: str, now: datetime) -> Verdict:
        """Judge the Authorization of a sender that shows *tag*; a right answer counts even after many wrong ones."""
        credentials = self._credentials(request)
        if credentials is None:
            return Verdict.NO_CREDENTIALS
        settings = self._settings
        is_alive = is_nonce_alive(credentials.nonce, key=settings.nonce_key, life=settings.nonce_life, now=now)
        known = self._password_used_in(credentials, request, tag, now)
        phone = (source_host, hash(request.call_id))  # not the Call-ID itself: strangers may send a long one
        if known is None:
            return self._count_wrong_answer(phone, now) if is_alive else Verdict.NO_CREDENTIALS
        self._wrong_answers.discard(phone)
        if not (is_alive and self._spend(credentials, now)):
            return Verdict.STALE
        return Verdict.ADMITTED if known is KnownPassword.CURRENT else Verdict.ADMITTED_WITH_OLD_PASSWORD

    def challenges(self, *, is_stale: bool, now: datetime) -> list[Challenge]:
        """One for each algorithm, the best first (RFC 8760 §2.3), with one nonce, which no other request gets.

        A phone answers the first that it knows (§2.4), so that one that knows MD5 alone passes over SHA-256. PJSIP does
        so; SIPp 3.6 looks at the first alone, and where phones do, MD5 has to be offered alone.
        """
        self._serial += 1
        nonce = issue_nonce(key=self._settings.nonce_key, serial=self._serial, now=now)
        return [Challenge(self._settings.realm, nonce, algorithm, is_stale) for algorithm in self._settings.algorithms]

    def _credentials(self, request: Request) -> Credentials | None:
        """Those of our user for our realm, else the last that can be read: the 401 asks better than a 400 would."""
        credentials: Credentials | None = None
        for text in request.headers.all("authorization"):
            try:
                credentials = parse_credentials(text)
            except SipSyntaxError:
                continue
            if self._is_for_us(credentials):
                break
        return credentials

    def _password_used_in(
        self, credentials: Credentials, request: Request, tag: PhoneTag | None, now: datetime
    ) -> KnownPassword | None:
        if not self._is_for_us(credentials):
            return None
        return self._passwords.used_in(credentials, method=request.method, tag=tag, now=now)

    def _is_for_us(self, credentials: Credentials) -> bool:
        settings = self._settings
        is_our_user = _is_name_of(credentials.username, settings.user)
        return is_our_user and credentials.realm == settings.realm and credentials.algorithm in settings.algorithms

    def _spend(self, credentials: Credentials, now: datetime) -> bool:
        """Whether the nonce count is higher than any before; without qop a nonce is good for one request."""
        count = 1 if credentials.nonce_count is None else int(credentials.nonce_count, 16)
        spent = self._nonce_counts.get(credentials.nonce, now=now) or 0
        if count <= spent:
            return False
        self._nonce_counts.set(credentials.nonce, count, now=now)
        return True

    def _count_wrong_answer(self, phone: tuple[str, int], now: datetime) -> Verdict:
        count = (self._wrong_answers.get(phone, now=now) or 0) + 1
        self._wrong_answers.set(phone, count, now=now)
        return Verdict.WRONG_PASSWORD if count <= MAX_WRONG_ANSWERS else Verdict.TOO_MANY_WRONG_ANSWERS


def _is_name_of(username: str, name: str) -> bool:
    """``user`` or ``user/MAC`` as sipXecs lets its phones say, ``~`` escaped by some of them."""
    return username == name or unquote(username.partition("/")[0]) == name


def _passwords(settings: RegistrarSettings) -> Passwords:
    if settings.password is not None:
        return Passwords(settings.password, settings.old_password)
    if settings.tag_key is None:
        raise ValueError("a password for each phone needs the key under which their tags are issued")
    return Passwords(PasswordPerPhone(settings.tag_key, nobodys_key=settings.nonce_key), settings.old_password)
