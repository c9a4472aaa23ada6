"""Every shape of a REGISTER at the running registrar, by UDP, TCP and TLS: challenged, signed, and bound as it says."""

import re
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from registrar_plugin.hosts.listener import Transport
from registrar_plugin.hosts.tls import CertificateFiles
from registrar_plugin.sip.name_addr import parse_name_addr
from registrar_plugin.sip.response import Response, parse_response
from tests.peers.certificates import make_certificate
from tests.peers.polycom import challenge_of, credentials
from tests.registrar_plugin.hosts.site import PATIENCE_SECONDS, Site, StreamPhone, loopback
from tests.registrar_plugin.hosts.test_tls import unverifying
from tests.registrar_plugin.reading import Address, address_of
from tests.registrar_plugin.sip.test_shapes import ALL_SHAPES

# Read without fault, and yet not to be bound: why is told.
NOT_BOUND = {
    "contact: star": (400, "Contact * Needs Expires 0"),
    "contact: star between blanks": (400, "Contact * Needs Expires 0"),
}
WITHOUT_LENGTH = "headers: Content-Length left out"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return make_certificate(Path(tmp_path_factory.mktemp("certificate")))


def answer_to(data: bytes, site: Site, transport: Transport) -> bytes:
    """What a client is told that comes, asks and goes."""
    if transport is Transport.UDP:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE_SECONDS)
            client.sendto(data, site.at[0])
            return client.recv(65_535)
    with StreamPhone(site.at[0], tls=unverifying() if transport is Transport.TLS else None) as phone:
        phone.send(data)
        while not (answer := phone.receive().lstrip(b"\r\n")):  # keep-alives are answered first
            pass
        return answer


def signed(data: bytes, challenged: bytes) -> bytes:
    """The request once more, the next of its call."""
    line = f"Authorization: {credentials(challenge_of(challenged))}\n".encode()
    with_line = re.sub(rb"\A(\s*REGISTER [^\n]*\n)", lambda found: found[1] + line, data)
    return re.sub(rb"(?im)^(CSeq[ \t]*:[ \t]*)[0-9]+", rb"\g<1>77", with_line)


def bound(response: Response) -> Sequence[Address]:
    """What stands in the list of bindings, which has no display names and the newest first."""
    addresses = [address_of(parse_name_addr(value)) for value in response.headers.all("contact")]
    return [replace(address, display_name="") for address in reversed(addresses)]


@pytest.mark.parametrize("transport", Transport)
@pytest.mark.parametrize("name", ALL_SHAPES)
def test_a_shape_is_challenged_and_bound(name: str, transport: Transport, certificate: CertificateFiles) -> None:
    shape = ALL_SHAPES[name]
    data = shape.data
    if name == WITHOUT_LENGTH and transport is not Transport.UDP:
        data = data.removesuffix(b"\r\n") + b"Content-Length: 0\r\n\r\n"
    with Site(loopback(transport), certificate=certificate) as site:
        challenged = answer_to(data, site, transport)
        assert challenged.startswith(b"SIP/2.0 401 ")
        answer = parse_response(answer_to(signed(data, challenged), site, transport))
    if name in NOT_BOUND:
        assert (answer.status, answer.reason) == NOT_BOUND[name]
    else:
        assert answer.status == 200
        assert bound(answer) == [replace(contact, display_name="") for contact in shape.expected.contacts]


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_without_a_length_a_stream_cannot_go_on(transport: Transport, certificate: CertificateFiles) -> None:
    with Site(loopback(transport), certificate=certificate) as site:
        answer = answer_to(ALL_SHAPES[WITHOUT_LENGTH].data, site, transport)
    assert answer.startswith(b"SIP/2.0 400 Content-Length Missing\r\n")
