import logging
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from registrar_plugin.hosts.socket_thread import SocketThread, once_in
from tests.registrar_plugin.registrations import eventually

HOUR = timedelta(hours=1)


class Listening:
    """A thread at one end of a pair of sockets; *stumbles* is how often it does at a datagram or before its wait."""

    def __init__(self, *, at: str = "", stumbles: int = 0) -> None:
        self.far_end, self.near_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard: list[bytes] = []
        self._at = at
        self._stumbles = stumbles
        self.thread = SocketThread("test", read=self._read, act=self._act)
        self.thread.start(self.near_end)

    def _read(self) -> None:
        self.heard.append(self.near_end.recv(100))
        self._stumble("read")

    def _act(self) -> timedelta:
        self._stumble("act")
        return HOUR

    def _stumble(self, where: str) -> None:
        if self._at == where and self._stumbles:
            self._stumbles -= 1
            raise ValueError("stumbled")


@contextmanager
def listening(*, at: str = "", stumbles: int = 0) -> Generator[Listening]:
    site = Listening(at=at, stumbles=stumbles)
    try:
        yield site
    finally:
        site.thread.stop()
        site.far_end.close()


@pytest.mark.parametrize("at", ["read", "act"])
def test_whatever_goes_wrong_is_told_and_the_next_datagram_is_heard(at: str, caplog: pytest.LogCaptureFixture) -> None:
    with listening(at=at, stumbles=1) as site:
        site.far_end.send(b"first")
        site.far_end.send(b"second")
        assert eventually(lambda: site.heard == [b"first", b"second"])
    (told,) = caplog.records
    assert (told.levelno, told.message, vars(told)["listener"]) == (logging.ERROR, "listener stumbled", "test")


def test_at_the_stop_its_socket_is_closed_however_long_it_wanted_to_wait() -> None:
    with listening() as site:
        pass
    assert site.near_end.fileno() == -1


def test_what_is_to_be_told_now_and_then_is_told_when_its_time_is_over_and_then_waits_for_it_again() -> None:
    told: list[str] = []
    period = timedelta(milliseconds=20)
    act = once_in(period, lambda: told.append("told"))
    assert timedelta(0) < act() <= period
    assert told == []
    time.sleep(period.total_seconds())
    assert act() == period
    assert told == ["told"]


def test_a_thread_that_was_never_started_stops_at_once() -> None:
    SocketThread("test", read=lambda: None, act=lambda: HOUR).stop()
