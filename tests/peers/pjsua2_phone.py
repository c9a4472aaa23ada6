"""A phone made of PJSIP, with a display name and a password of ours."""

from datetime import timedelta

import pjsua2 as pj

from tests.peers.pjsua2_endpoint import Pjsua2Endpoint


class _Account(pj.Account):
    """Remembers the answers to its REGISTERs."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple[int, int]] = []

    def onRegState(self, prm: pj.OnRegStateParam) -> None:  # noqa: N802 - pjsua2's name
        self.answers.append((int(prm.code), int(prm.expiration)))


class Pjsua2Phone:
    """Registers, refreshes, leaves; each waits for the final answer and returns its status."""

    def __init__(
        self,
        endpoint: Pjsua2Endpoint,
        *,
        registrar: tuple[str, int],
        user: str,
        display_name: str,
        password: str,
        expires: timedelta = timedelta(minutes=5),
        transport: str = "udp",
    ) -> None:
        self._endpoint = endpoint
        host, port = registrar
        config = pj.AccountConfig()
        config.idUri = f'"{display_name}" <sip:{user}@{host}>'
        config.regConfig.registrarUri = f"sip:{host}:{port};transport={transport}"
        config.regConfig.timeoutSec = int(expires.total_seconds())
        config.regConfig.registerOnAdd = False
        config.regConfig.retryIntervalSec = 0
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        self._account = _Account()
        self._account.create(config)

    @property
    def granted(self) -> timedelta:
        """What the last answer left of the registration."""
        return timedelta(seconds=self._account.answers[-1][1])

    def register(self) -> int:
        """Register, or refresh."""
        return self._ask(renew=True)

    def unregister(self) -> int:
        """Remove the binding."""
        return self._ask(renew=False)

    def close(self) -> None:
        """Leave without a word."""
        self._account.shutdown()

    def _ask(self, *, renew: bool) -> int:
        before = len(self._account.answers)
        self._account.setRegistration(renew)
        assert self._endpoint.run_until(lambda: len(self._account.answers) > before), "no answer to the REGISTER"
        return self._account.answers[-1][0]
