"""PJSIP in this process, as pjsua2 wraps it: headless, on the loopback, driven by the test's own thread."""

from collections.abc import Callable

import pjsua2 as pj

_STEP_MILLISECONDS = 20
_STEPS = 1000


class Pjsua2Endpoint:
    """The library; there can be one in a process. All of it belongs to the thread that made it."""

    def __init__(self, *, user_agent: str) -> None:
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.userAgent = user_agent
        config.logConfig.level = 0
        config.logConfig.consoleLevel = 0
        self._endpoint.libInit(config)
        self._endpoint.audDevManager().setNullDev()
        self._udp = self._loopback(pj.PJSIP_TRANSPORT_UDP)
        self._loopback(pj.PJSIP_TRANSPORT_TCP)
        self._loopback(pj.PJSIP_TRANSPORT_TLS)
        self._endpoint.libStart()

    @property
    def udp_port(self) -> int:
        """Where it listens on 127.0.0.1."""
        _, _, port = self._endpoint.transportGetInfo(self._udp).localAddress.rpartition(":")
        return int(port)

    def run_until(self, condition: Callable[[], bool]) -> bool:
        """Let the library work until *condition* holds; whether it did within some 20 seconds."""
        for _ in range(_STEPS):
            if condition():
                return True
            self._endpoint.libHandleEvents(_STEP_MILLISECONDS)
        return condition()

    def close(self) -> None:
        """End the library; its accounts must be shut down before."""
        self._endpoint.libDestroy()

    def _loopback(self, transport: int) -> int:
        config = pj.TransportConfig()
        config.port = 0
        config.boundAddress = "127.0.0.1"
        return int(self._endpoint.transportCreate(transport, config))
