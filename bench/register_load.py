"""Phones that register at a registrar over UDP (401 round trip), timed from outside."""

import select
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bench.installation import PASSWORD, USER
from tests.peers.polycom import challenge_of, credentials, register

_PATIENCE_SECONDS = 5.0
_LARGEST_DATAGRAM = 65_535


class _Phone:
    """One socket, and the REGISTER that it waits for an answer to."""

    def __init__(self, registrar: tuple[str, int]) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(registrar)
        self.socket.settimeout(_PATIENCE_SECONDS)
        host, port = self.socket.getsockname()
        self._here = f"{host}:{port}"
        self._tag = ""

    def ask(self, tag: str) -> None:
        """The first round of the phone with this tag."""
        self._tag = tag
        self.socket.send(self._request(1, None))

    def prove(self, challenge: bytes) -> None:
        """The second."""
        self.socket.send(self._request(2, credentials(challenge_of(challenge), password=PASSWORD)))

    def _request(self, cseq: int, authorization: str | None) -> bytes:
        return register(
            display_name=self._tag,
            via=self._here,
            branch=f"z9hG4bK{self._tag}{cseq}",
            call_id=self._tag,
            cseq=cseq,
            contact=f"<sip:{USER}@{self._here}>",
            authorization=authorization,
        )


@dataclass(frozen=True, slots=True)
class Paced:
    """What came of phones that registered at a given pace, one at a time; *p50* is of the time to the 200."""

    per_second: float
    p50: timedelta


def paced(registrar: tuple[str, int], tags: Sequence[str], *, per_second: float) -> Paced:
    """Let the phones with these tags register; a 200's time is from the REGISTER with credentials on."""
    times: list[float] = []
    phone = _Phone(registrar)
    with phone.socket:
        begin = time.perf_counter()
        for number, tag in enumerate(tags):
            time.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
            phone.ask(tag)
            challenge = phone.socket.recv(_LARGEST_DATAGRAM)
            asked_at = time.perf_counter()
            phone.prove(challenge)
            answer = phone.socket.recv(_LARGEST_DATAGRAM)
            times.append(time.perf_counter() - asked_at)
            _check(answer)
        took = time.perf_counter() - begin
    return Paced(len(tags) / took, timedelta(seconds=median(times)))


def hurried(registrar: tuple[str, int], tags: Sequence[str], *, in_flight: int) -> float:
    """Registrations a second with so many phones under way at any time."""
    waiting = iter(tags)
    with ExitStack() as sockets:
        phones = [_Phone(registrar) for _ in range(in_flight)]
        readable = select.poll()
        by_descriptor = {sockets.enter_context(phone.socket).fileno(): phone for phone in phones}
        for descriptor in by_descriptor:
            readable.register(descriptor, select.POLLIN)
        begin = time.perf_counter()
        for phone in phones:
            phone.ask(next(waiting))
        left = len(tags)
        while left:
            answered = readable.poll(_PATIENCE_SECONDS * 1000)
            if not answered:
                raise RuntimeError("a phone got no answer")
            left -= sum(_goes_on(by_descriptor[descriptor], waiting) for descriptor, _ in answered)
        return len(tags) / (time.perf_counter() - begin)


def _goes_on(phone: _Phone, waiting: Iterator[str]) -> bool:
    """Read an answer, and do what comes next; whether a phone is registered now."""
    answer = phone.socket.recv(_LARGEST_DATAGRAM)
    if answer.startswith(b"SIP/2.0 401"):
        phone.prove(answer)
        return False
    _check(answer)
    tag = next(waiting, None)
    if tag is not None:
        phone.ask(tag)
    return True


def _check(answer: bytes) -> None:
    if not answer.startswith(b"SIP/2.0 200"):
        raise RuntimeError(answer.partition(b"\r\n")[0].decode("latin-1"))
