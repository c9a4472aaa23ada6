"""PJSIP's reading of a request's addresses.

pjsua2 exposes no parser, and no REGISTER that comes in. But it shows From, To and the first Contact of a MESSAGE: so a
request is sent to it as a MESSAGE, in a transaction of its own.
"""

import re
import secrets
import socket
from dataclasses import dataclass, replace

import pjsua2 as pj

from registrar_plugin.sip.errors import SipSyntaxError
from registrar_plugin.sip.name_addr import parse_name_addr
from tests.peers.pjsua2_endpoint import Pjsua2Endpoint
from tests.registrar_plugin.reading import Address, Reading, Refused, address_of

_LAST = "<sip:last@oracle.invalid>"


@dataclass(frozen=True, slots=True)
class Addresses:
    """What PJSIP shows of a message; From and To without ports; *contact* is the first, None where there is none."""

    from_: Address
    to: Address
    contact: Address | None


class _Account(pj.Account):
    """Receives whatever is sent to the endpoint."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str, str]] = []

    def onInstantMessage(self, prm: pj.OnInstantMessageParam) -> None:  # noqa: N802 - pjsua2's name
        self.shown.append((prm.fromUri, prm.toUri, prm.contactUri))


class PjsipParser:
    """Sends what is to be read to *endpoint*."""

    def __init__(self, endpoint: Pjsua2Endpoint) -> None:
        self._endpoint = endpoint
        self._name = secrets.token_hex(4)
        self._count = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        config = pj.AccountConfig()
        config.idUri = "sip:oracle@oracle.invalid"
        self._account = _Account()
        self._account.create(config)

    def read(self, data: bytes) -> Addresses | Refused:
        """What PJSIP makes of the message; it refuses in silence."""
        self._count += 1
        shown = self._account.shown
        shown.clear()
        transaction = f"{self._name}{self._count}"
        self._send(as_message(data, transaction=transaction))
        self._send(_last_message(transaction))
        assert self._endpoint.run_until(lambda: bool(shown) and shown[-1][0] == _LAST), "PJSIP lost a datagram"
        if len(shown) == 1:
            return Refused("not shown")
        from_, to, contact = shown[0]
        return Addresses(_read(from_), _read(to), _read(contact) if contact else None)

    def close(self) -> None:
        """Leave the endpoint to others."""
        self._socket.close()
        self._account.shutdown()

    def _send(self, data: bytes) -> None:
        self._socket.sendto(data, ("127.0.0.1", self._endpoint.udp_port))


def addresses_of(reading: Reading) -> Addresses:
    """The part of a reading of ours that PJSIP shows."""
    contact = next(iter(reading.contacts), None)
    return Addresses(replace(reading.from_, port=None), replace(reading.to, port=None), contact)


def as_message(data: bytes, *, transaction: str) -> bytes:
    """The request with method MESSAGE and a text, its branch and Call-ID made unique by *transaction*."""
    unique = transaction.encode()
    method = re.escape(data.lstrip(b"\r\n").split(b" ", 1)[0])
    data = re.sub(rb"\A(\s*)" + method + rb"(?= )", rb"\1MESSAGE", data)
    data = re.sub(rb"(?im)^(cseq\s*:\s*\d+\s+)" + method + rb"(?=\s)", rb"\1MESSAGE", data)
    data = re.sub(rb"(?im)^((?:content-type|c)\s*:).*?(\r?)$", rb"\1 text/plain\2", data)
    data = re.sub(rb"(?im)^((?:call-id|i)\s*:\s*)(?=\S)", rb"\g<1>" + unique, data)
    return re.sub(rb"(?i)(branch\s*=\s*z9hG4bK)", rb"\g<1>" + unique, data)


def _last_message(transaction: str) -> bytes:
    """One that everybody can read: when it is shown, the one before it has been dealt with."""
    lines = [
        "MESSAGE sip:oracle@oracle.invalid SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKlast{transaction}",
        f"From: {_LAST};tag=a",
        "To: <sip:oracle@oracle.invalid>",
        f"Call-ID: last{transaction}",
        "CSeq: 1 MESSAGE",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read(printed: str) -> Address:
    """PJSIP prints an address in its own spelling: without needless escapes, every display name in quotes.

    What it prints is not always an address: then it stands for the host.
    """
    try:
        return address_of(parse_name_addr(printed))
    except SipSyntaxError:
        return Address("", None, printed)
