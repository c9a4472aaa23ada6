"""One line's registration, without I/O: what to send, when, and what an answer means.

Time is the phone's uptime. Timers are RFC 3261's (17.1.2): a request is sent again after T1, 2*T1, ... up to T2,
and is given up after 64*T1.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from simulated_phone.delta_seconds import read_delta_seconds
from simulated_phone.digest import Challenge, authorization, choose_challenge
from simulated_phone.events import Event, Fact, happened
from simulated_phone.register_request import Dialog
from simulated_phone.sip_messages import Response, first, list_values, values

_T2 = timedelta(seconds=4)
_OVERLAP = timedelta(seconds=60)  # reg.x.server.y.expires.overlap: so long before its end a binding is refreshed
_SHORTEST = timedelta(seconds=1)
_MAX_ATTEMPTS_PER_REGISTER = 4  # of which one digest, one stale nonce, one longer expiry
_EXPIRES_PARAMETER = re.compile(r";\s*expires\s*=\s*(\d{1,9})", re.IGNORECASE)
NEVER = timedelta.max


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a moment or an answer: a datagram to send, and what happened."""

    send: bytes | None = None
    events: tuple[Event, ...] = ()


@dataclass(slots=True)
class _Transaction:
    branch: str
    cseq: int
    datagram: bytes
    attempt: int
    resend_after: timedelta
    gives_up_at: timedelta


class Registration:
    """A line at its registrar. *retry_after* bounds and defaults the pause after a failure."""

    def __init__(
        self, dialog: Dialog, *, token: Callable[[int], str], t1: timedelta, retry_after: timedelta, now: timedelta
    ) -> None:
        self._dialog = dialog
        self._token = token
        self._t1 = t1
        self._retry_after = retry_after
        self._asked = dialog.line.expires
        self._challenge: Challenge | None = None
        self._nonce_count = 0
        self._cseq = 0
        self._transaction: _Transaction | None = None
        self.due_at = now
        self.is_registered = False

    @property
    def server(self) -> tuple[str, int]:
        """Where the datagrams go."""
        return self._dialog.line.server_host, self._dialog.line.server_port

    def remove(self, now: timedelta) -> Step:
        """Ask the registrar to forget the binding; ``due_at`` is ``NEVER`` once it has, or has not answered."""
        if not self.is_registered:
            self._transaction, self.due_at = None, NEVER
            return Step()
        self._asked = timedelta(0)
        return Step(send=self._new_request(now, attempt=1))

    def act(self, now: timedelta) -> Step:
        """Do what is due: begin, send again, give up, or refresh."""
        if now < self.due_at:
            return Step()
        if (transaction := self._transaction) is None:
            return Step(send=self._new_request(now, attempt=1))
        if now >= transaction.gives_up_at:
            return self._failed(now, status=None, reason="no answer", retry_after=None)
        transaction.resend_after = min(2 * transaction.resend_after, _T2)
        self.due_at = min(now + transaction.resend_after, transaction.gives_up_at)
        return Step(send=transaction.datagram)

    def receive(self, response: Response, now: timedelta) -> Step | None:
        """What *response* leads to; None where it answers none of this line's requests."""
        transaction = self._transaction
        if transaction is None or not _answers(response, transaction):
            return None
        if response.status < 200:
            return Step()
        told = happened("register", **self._facts(), status=response.status)
        if response.status < 300:
            return self._accepted(response, now, told)
        if (again := self._try_again(response, transaction, now)) is not None:
            return Step(again, (told,))
        reason = "wrong password" if response.status == 401 else "refused"
        retry_after = read_delta_seconds(first(response.headers, "Retry-After"))
        failed = self._failed(now, status=response.status, reason=reason, retry_after=retry_after)
        return Step(events=(told, *failed.events))

    def _try_again(self, response: Response, transaction: _Transaction, now: timedelta) -> bytes | None:
        """The request that mends what *response* complains of; None where nothing will."""
        if transaction.attempt >= _MAX_ATTEMPTS_PER_REGISTER:
            return None
        if response.status == 401:
            challenge = choose_challenge(values(response.headers, "WWW-Authenticate"))
            is_fresh_proof_refused = self._challenge is not None and self._nonce_count == 1
            if challenge is None or (is_fresh_proof_refused and not challenge.is_stale):
                return None
            self._challenge, self._nonce_count = challenge, 0
            return self._new_request(now, attempt=transaction.attempt + 1)
        if response.status == 423 and (minimum := read_delta_seconds(first(response.headers, "Min-Expires"))):
            self._asked = minimum
            return self._new_request(now, attempt=transaction.attempt + 1)
        return None

    def _accepted(self, response: Response, now: timedelta, told: Event) -> Step:
        self._transaction = None
        was_registered = self.is_registered
        if not self._asked:
            self.is_registered, self.due_at = False, NEVER
            return Step(events=(told, happened("unregistered", **self._facts())))
        granted = max(self._granted(response), _SHORTEST)
        self.is_registered = True
        self.due_at = now + (granted - _OVERLAP if granted > 2 * _OVERLAP else granted / 2)
        registered = happened(
            "registered",
            **self._facts(),
            display_name=self._dialog.line.display_name,
            contact=self._dialog.contact_uri,
            expires=int(granted.total_seconds()),
            refresh=was_registered,
        )
        return Step(events=(told, registered))

    def _granted(self, response: Response) -> timedelta:
        """The expiry of our own binding among those that the registrar lists (RFC 3261 section 10.2.4)."""
        here = re.compile(re.escape(f"@{self._dialog.contact_host}:{self._dialog.contact_port}") + r"(?!\d)")
        ours = next((contact for contact in list_values(response.headers, "Contact") if here.search(contact)), "")
        own = _EXPIRES_PARAMETER.search(ours.rpartition(">")[2])
        granted = read_delta_seconds(own[1] if own else first(response.headers, "Expires"))
        return self._asked if granted is None else granted

    def _failed(self, now: timedelta, *, status: int | None, reason: str, retry_after: timedelta | None) -> Step:
        self._transaction = None
        self._challenge = None
        self.is_registered = False
        failed = happened("register-failed", **self._facts(), status=status, reason=reason)
        if not self._asked:
            self.due_at = NEVER
            return Step(events=(failed,))
        pause = self._retry_after if retry_after is None else min(retry_after, self._retry_after)
        self.due_at = now + pause
        return Step(events=(failed, happened("retry", what="register", **{"in": pause.total_seconds()})))

    def _new_request(self, now: timedelta, *, attempt: int) -> bytes:
        self._cseq += 1
        branch = f"z9hG4bK{self._token(8)}"
        datagram = self._dialog.register(
            cseq=self._cseq, branch=branch, expires=self._asked, authorization=self._proof()
        )
        self._transaction = _Transaction(branch, self._cseq, datagram, attempt, self._t1, now + 64 * self._t1)
        self.due_at = now + self._t1
        return datagram

    def _proof(self) -> str | None:
        if self._challenge is None:
            return None
        self._nonce_count += 1
        return authorization(
            self._challenge,
            user=self._dialog.line.auth_user,
            password=self._dialog.line.password,
            method="REGISTER",
            uri=self._dialog.request_uri,
            nonce_count=self._nonce_count,
            cnonce=self._token(8),
        )

    def _facts(self) -> dict[str, Fact]:
        return {"user": self._dialog.line.user, "server": self._dialog.line.server}


def _answers(response: Response, transaction: _Transaction) -> bool:
    is_ours = f"branch={transaction.branch}" in first(response.headers, "Via")
    return is_ours and first(response.headers, "CSeq").split() == [str(transaction.cseq), "REGISTER"]
