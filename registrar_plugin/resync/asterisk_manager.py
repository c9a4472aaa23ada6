"""Asterisk's Manager Interface (AMI), as much of it as is needed to have one action carried out."""

import hashlib
import socket
import time
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType

_MAX_LINE = 4096
_MAX_LINES = 200
"""Of one message, and of messages that answer nothing we asked: an AMI that talks on is not ours."""


class ManagerUnreachable(Exception):
    """There is no Asterisk that answers: we retry."""


class ManagerRefused(Exception):
    """Asterisk says no: a person must look at its configuration."""


@dataclass(frozen=True, slots=True)
class ManagerAccount:
    """A section of ``manager.conf``."""

    host: str
    port: int
    user_name: str
    secret: str = field(repr=False)


class AsteriskManager:
    """A login; a context manager. The secret itself is not sent: AMI has a challenge for that, MD5.

    *timeout* is for each step, *in_all* for all of them together, however its bytes drip.

    Raises:
        ManagerUnreachable: on entering, and of ``carry_out``.
        ManagerRefused: as well.
    """

    def __init__(
        self,
        account: ManagerAccount,
        *,
        timeout: timedelta = timedelta(seconds=5),
        in_all: timedelta = timedelta(seconds=30),
    ) -> None:
        self._account = account
        self._timeout = timeout.total_seconds()
        self._in_all = in_all.total_seconds()
        self._ends_at = 0.0
        self._socket: socket.socket
        self._received = bytearray()

    def __enter__(self) -> "AsteriskManager":
        account = self._account
        self._ends_at = time.monotonic() + self._in_all
        try:
            self._socket = socket.create_connection((account.host, account.port), timeout=self._timeout)
        except OSError as error:
            raise ManagerUnreachable(self._told(error.strerror or str(error))) from error
        try:
            if not self._line().startswith("Asterisk Call Manager/"):
                raise ManagerUnreachable(self._told("who answers there is no Asterisk"))
            challenge = self.carry_out(("Action", "Challenge"), ("AuthType", "MD5")).get("challenge", "")
            key = hashlib.md5((challenge + account.secret).encode(), usedforsecurity=False).hexdigest()
            login = (("Action", "Login"), ("AuthType", "MD5"), ("Username", account.user_name), ("Key", key))
            self.carry_out(*login, ("Events", "off"))
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def carry_out(self, *fields: tuple[str, str]) -> dict[str, str]:
        """The answer's fields, their names in lower case."""
        for name, value in fields:
            if not value.isprintable():
                raise ManagerRefused(f"{name} cannot be written: {value!r}")
        text = "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
        try:
            self._socket.sendall(text.encode())
        except OSError as error:
            raise ManagerUnreachable(self._told(error.strerror or str(error))) from error
        answer = self._answer()
        if answer["response"].lower() not in ("success", "goodbye"):
            raise ManagerRefused(f"Asterisk's manager says: {answer.get('message', answer['response'])}")
        return answer

    def _answer(self) -> dict[str, str]:
        """The next message that is an answer; events are passed over."""
        message: dict[str, str] = {}
        for _ in range(_MAX_LINES):
            line = self._line()
            if line:
                name, _, value = line.partition(":")
                message[name.strip().lower()] = value.strip()
            elif "response" in message:
                return message
            else:
                message = {}
        raise ManagerUnreachable(self._told("its answer does not end"))

    def _line(self) -> str:
        while (end := self._received.find(b"\n")) < 0:
            if len(self._received) > _MAX_LINE:
                raise ManagerUnreachable(self._told("its answer does not end"))
            self._received += self._more()
        line = self._received[:end].decode("utf-8", "replace").strip()
        del self._received[: end + 1]
        return line

    def _more(self) -> bytes:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise ManagerUnreachable(self._told("its answer takes too long"))
        try:
            self._socket.settimeout(min(self._timeout, left))
            data = self._socket.recv(_MAX_LINE)
        except OSError as error:
            raise ManagerUnreachable(self._told(error.strerror or str(error))) from error
        if not data:
            raise ManagerUnreachable(self._told("it hung up"))
        return data

    def _close(self) -> None:
        self._socket.close()

    def _told(self, reason: str) -> str:
        return f"Asterisk's manager at {self._account.host}:{self._account.port}: {reason}"
