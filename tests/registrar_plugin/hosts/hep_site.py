"""A HEP listener on loopback, and a PBX that sends to it."""

import socket
from datetime import UTC, datetime, timedelta

from registrar_plugin.hosts.hep import HepListener
from registrar_plugin.hosts.hep_proof import PhonesAccount
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings
from registrar_plugin.registration import AcceptedRegistration
from tests.registrar_plugin.hosts.site import LOOPBACK

_OFTEN = timedelta(milliseconds=20)


class HepSite:
    """``accepted`` is what reached the hook; trouble is told often. By ``clock_is_off`` its clock is wrong."""

    def __init__(
        self, *, mode: HepMode = HepMode.FILTERED, key: bytes | None = None, account: PhonesAccount | None = None
    ) -> None:
        self.clock_is_off = timedelta(0)
        self.accepted: list[AcceptedRegistration] = []
        self.listener = HepListener(
            HepSettings((LOOPBACK, 0), mode, key=key),
            on_accepted=self.accepted.append,
            clock=lambda: datetime.now(UTC) + self.clock_is_off,
            account=account,
            tell_every=_OFTEN,
        )
        self.address = self.listener.start()
        self._pbx = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._pbx.connect(self.address)

    def send(self, data: bytes) -> None:
        self._pbx.send(data)

    def close(self) -> None:
        self._pbx.close()
        self.listener.stop()
