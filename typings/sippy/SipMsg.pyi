"""The part of sippy that the tests use; the package itself has no types."""

from typing import Literal, overload

from sippy.SipAddress import SipAddress

class SipGenericHF:
    body: str

class SipAddressHF(SipGenericHF):
    address: SipAddress

class SipContact(SipAddressHF):
    asterisk: bool

class SipVia(SipGenericHF):
    params: dict[str, str | None]
    def getBranch(self) -> str | None: ...

class SipCSeq(SipGenericHF):
    def getCSeq(self) -> tuple[int, str]: ...

class SipAuthorization(SipGenericHF):
    username: str
    realm: str
    nonce: str
    uri: str
    response: str

class SipMsg:
    def __init__(self, buf: str) -> None: ...
    @overload
    def getHFBodys(self, name: Literal["from", "to"]) -> list[SipAddressHF]: ...
    @overload
    def getHFBodys(self, name: Literal["contact"]) -> list[SipContact]: ...
    @overload
    def getHFBodys(self, name: Literal["via"]) -> list[SipVia]: ...
    @overload
    def getHFBodys(self, name: Literal["cseq"]) -> list[SipCSeq]: ...
    @overload
    def getHFBodys(self, name: Literal["authorization"]) -> list[SipAuthorization]: ...
    @overload
    def getHFBodys(self, name: Literal["call-id", "expires", "user-agent"]) -> list[SipGenericHF]: ...
