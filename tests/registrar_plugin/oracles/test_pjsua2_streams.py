"""PJSIP's phone over TCP and TLS."""

from datetime import timedelta
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.resync.check_sync import Unanswered
from tests.peers.certificates import make_certificate
from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
from tests.peers.pjsua2_phone import Pjsua2Phone
from tests.peers.polycom import PASSWORD, USER
from tests.registrar_plugin.hosts.site import Site, loopback
from tests.registrar_plugin.registrations import eventually, tag

TAG = tag(1)


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_it_registers_refreshes_and_leaves_over_a_connection(
    pjsua2: Pjsua2Endpoint, transport: Transport, tmp_path: Path
) -> None:
    with Site(loopback(transport), certificate=make_certificate(tmp_path)) as site:
        phone = Pjsua2Phone(
            pjsua2,
            registrar=site.at[0],
            user=USER,
            display_name=str(TAG),
            password=PASSWORD,
            transport=transport.value,
        )
        try:
            assert (phone.register(), phone.granted) == (200, timedelta(minutes=5))
            assert phone.register() == 200
            assert eventually(lambda: len(site.accepted) == 2)
            assert site.accepted[0].source == site.accepted[1].source
            future = site.registrar.send_check_sync(TAG.mac)
            assert pjsua2.run_until(future.done)
            assert future.result() is Unanswered.NO_ANSWER  # PJSIP leaves foreign NOTIFYs unanswered
            assert phone.unregister() == 200
        finally:
            phone.close()
