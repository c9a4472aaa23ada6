"""The part of pjsua2 that the tests use; the package itself has no types."""

PJSIP_TRANSPORT_UDP: int
PJSIP_TRANSPORT_TCP: int
PJSIP_TRANSPORT_TLS: int

class UaConfig:
    threadCnt: int
    mainThreadOnly: bool
    userAgent: str

class LogConfig:
    level: int
    consoleLevel: int

class EpConfig:
    uaConfig: UaConfig
    logConfig: LogConfig

class TransportConfig:
    port: int
    boundAddress: str

class TransportInfo:
    localAddress: str

class AudDevManager:
    def setNullDev(self) -> None: ...

class Endpoint:
    def libCreate(self) -> None: ...
    def libInit(self, config: EpConfig) -> None: ...
    def libStart(self) -> None: ...
    def libDestroy(self) -> None: ...
    def libHandleEvents(self, msec_timeout: int) -> int: ...
    def audDevManager(self) -> AudDevManager: ...
    def transportCreate(self, type: int, config: TransportConfig) -> int: ...
    def transportGetInfo(self, id: int) -> TransportInfo: ...

class AuthCredInfo:
    def __init__(self, scheme: str, realm: str, user_name: str, data_type: int, data: str) -> None: ...

class AccountRegConfig:
    registrarUri: str
    timeoutSec: int
    registerOnAdd: bool
    retryIntervalSec: int

class AccountSipConfig:
    authCreds: list[AuthCredInfo]

class AccountConfig:
    idUri: str
    regConfig: AccountRegConfig
    sipConfig: AccountSipConfig

class OnRegStateParam:
    code: int
    expiration: int

class OnInstantMessageParam:
    fromUri: str
    toUri: str
    contactUri: str

class Account:
    def create(self, config: AccountConfig) -> None: ...
    def shutdown(self) -> None: ...
    def setRegistration(self, renew: bool) -> None: ...
    def onRegState(self, prm: OnRegStateParam) -> None: ...
    def onInstantMessage(self, prm: OnInstantMessageParam) -> None: ...
