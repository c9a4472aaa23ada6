import asyncio
import socket
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.overload import SHARE, Treatment
from registrar_plugin.hosts.udp import UdpEndpoint, UdpFlow

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SMALL_BUFFER = 4096
MORE_THAN_FITS = 200


class Site:
    """An endpoint with a small buffer, which reads when the test lets it."""

    def __init__(self) -> None:
        self.bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self.bound.bind(("127.0.0.1", 0))
        self.bound.setblocking(False)
        self.heard: list[bytes] = []
        self.admission = Admission(clock=lambda: NOW)
        self.endpoint = UdpEndpoint(self.bound, receive=self._hear, turn_away=self._hear, admission=self.admission)

    def _hear(self, data: bytes, _flow: UdpFlow) -> None:
        self.heard.append(data)

    def send(self, count: int) -> None:
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
            for number in range(count):
                sender.sendto(b"%d" % number, self.bound.getsockname())

    def read(self) -> None:
        async def a_moment() -> None:
            self.endpoint.open(asyncio.get_running_loop())
            await asyncio.sleep(0.2)
            asyncio.get_running_loop().remove_reader(self.bound)

        asyncio.run(a_moment())

    def treatment_of_a_noisy_host(self) -> Treatment:
        """What the last of one more message than a host's share gets."""
        return [self.admission.judge("192.0.2.9", waited=timedelta(0)) for _ in range(SHARE + 1)][-1]


@pytest.fixture
def site() -> Generator[Site]:
    site = Site()
    yield site
    site.bound.close()


def test_what_the_kernel_had_to_drop_is_overload_though_nothing_waited_long(site: Site) -> None:
    site.send(MORE_THAN_FITS)
    site.read()
    assert 0 < len(site.heard) < MORE_THAN_FITS
    site.send(1)  # the first to say that others were lost before it
    site.read()
    assert site.treatment_of_a_noisy_host() is Treatment.TURN_AWAY


def test_where_nothing_was_lost_there_is_no_overload(site: Site) -> None:
    for _ in range(2):
        site.send(2)
        site.read()
    assert len(site.heard) == 4
    assert site.treatment_of_a_noisy_host() is Treatment.SERVE
