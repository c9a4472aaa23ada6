"""A connection that brings more than can be served: its bearer is told so, and nobody else notices."""

import json
import ssl
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.admission import Admission
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.overload import ANSWERED, NOTICEABLE_WAIT, SHARE, Treatment
from tests.peers.certificates import make_certificate
from tests.registrar_plugin.hosts.site import Site, StreamPhone, loopback
from tests.registrar_plugin.hosts.test_tls import unverifying
from tests.registrar_plugin.hosts.udp_phone import UdpPhone
from tests.registrar_plugin.registrations import eventually

FLOOD = 4000
"""More than is served in the time in which a wait becomes noticeable, and in a second of overload, together."""
ELSEWHERE, UDP_ELSEWHERE = "127.0.0.2", "127.0.0.3"


class Flooder:
    """A process that sends FLOOD requests in one go on one connection, and takes the answers."""

    def __init__(self, transport: Transport, registrar: tuple[str, int]) -> None:
        host, port = registrar
        module = "tests.registrar_plugin.hosts.flooder"
        command = [sys.executable, "-m", module, transport.value, host, str(port), str(FLOOD)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        """The next that it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_who_floods_a_connection_gets_503_and_an_answer_to_each_while_others_are_served(
    transport: Transport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listeners = loopback(transport), loopback(Transport.UDP)
    tls = unverifying() if transport is Transport.TLS else None
    with (
        Site(*listeners, certificate=make_certificate(tmp_path)) as site,
        StreamPhone(site.at[0], tls=tls, host=ELSEWHERE) as quiet,
        UdpPhone(site.at[1], host=UDP_ELSEWHERE) as quiet_on_udp,
        closing(Flooder(transport, site.at[0])) as flooder,
    ):
        assert flooder.line() == "503"
        assert quiet.register().startswith(b"SIP/2.0 200 ")
        assert quiet_on_udp.register().startswith(b"SIP/2.0 200 ")
        told = json.loads(flooder.line())
        assert set(told["statuses"]) == {"401", "503"}
        assert sum(told["statuses"].values()) == FLOOD
        pauses = {int(pause) for pause in told["pauses"]}
        assert pauses <= set(range(10, 31))
        assert len(pauses) > 5
        assert eventually(lambda: is_served(site, tls)), "afterwards the flooder's address is served again"
    (said,) = [record for record in caplog.records if "come later" in record.message]
    assert said.__dict__["host"] == "127.0.0.1"


def is_served(site: Site, tls: ssl.SSLContext | None) -> bool:
    with StreamPhone(site.at[0], tls=tls) as phone:
        phone.send(phone.request())
        return phone.receive().startswith(b"SIP/2.0 401 ")


def test_nobody_has_a_second_share_by_a_second_transport() -> None:
    admission = Admission(clock=lambda: datetime(2026, 5, 4, tzinfo=UTC))
    by_udp = Counter(admission.judge("192.0.2.1", waited=NOTICEABLE_WAIT) for _ in range(ANSWERED))
    assert by_udp == {Treatment.SERVE: SHARE, Treatment.TURN_AWAY: ANSWERED - SHARE}
    assert admission.judge("192.0.2.1", waited=timedelta(0)) is Treatment.DROP
    assert admission.judge("192.0.2.2", waited=timedelta(0)) is Treatment.SERVE
