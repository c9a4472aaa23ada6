"""A phone's factory certificate opens its own files, and closes nothing to those that have none."""

import http.client
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.apache.edges import PREFIX, trusting
from tests.autoprov_web.sites import MAC, OWN_FILES
from tests.peers.apache import Apache
from tests.peers.certificate_authority import Authority, ClientCertificate
from tests.peers.installed import installed

OWN = f"{PREFIX}/{MAC}.cfg"
ANOTHERS = f"{PREFIX}/0004f2000001.cfg"
BOOTSTRAP = f"{PREFIX}/000000000000.cfg"
EDGES = ["cgi", "wsgi"]
NO_CONNECTION = (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)


@pytest.fixture(scope="session")
def factory(authority: Authority) -> ClientCertificate:
    """The assigned phone's; makers write the MAC in capitals."""
    return authority.issue(str(MAC).upper())


@pytest.fixture(scope="session")
def expired(authority: Authority) -> ClientCertificate:
    return authority.issue(str(MAC), is_expired=True)


@pytest.fixture(scope="session")
def forged(folder: Path) -> list[ClientCertificate]:
    """The same names from an authority that nobody trusts, valid and expired."""
    forger = Authority(folder / "forger", name="Maker Root CA")
    return [forger.issue(str(MAC)), forger.issue(str(MAC), is_expired=True)]


def fetch(server: Apache, host: str, certificate: ClientCertificate | None, *paths: str) -> list[tuple[int, bytes]]:
    """What comes back for *paths*, one after another on one connection, as a phone asks."""
    context = trusting()
    if certificate is not None:
        context.load_cert_chain(certificate.certificate, certificate.key)
    name, port = server.address(host)
    connection = http.client.HTTPSConnection(name, port, timeout=20, context=context)
    try:
        replies: list[tuple[int, bytes]] = []
        for path in paths:
            connection.request("GET", path)
            response = connection.getresponse()
            replies.append((response.status, response.read()))
        return replies
    finally:
        connection.close()


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("choice", ["valid", "expired"])
def test_a_factory_certificate_opens_the_phones_own_files(
    server: Apache, factory: ClientCertificate, edge: str, choice: str
) -> None:
    replies = fetch(server, f"{edge}-{choice}", factory, OWN, OWN.upper().replace(PREFIX.upper(), PREFIX), ANOTHERS)
    assert replies[:2] == [(200, OWN_FILES[f"{MAC}.cfg"])] * 2
    assert replies[2][0] == 404  # a stranger's: what anybody gets


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("choice", ["valid", "expired"])
def test_a_factory_certificate_opens_no_other_phones_files(
    server: Apache, authority: Authority, edge: str, choice: str
) -> None:
    others = authority.issue(f"0004f2{edge}{choice}".encode().hex()[:12])
    assert [status for status, _ in fetch(server, f"{edge}-{choice}", others, OWN, OWN, BOOTSTRAP)] == [503, 503, 200]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("choice", ["valid", "expired"])
def test_a_phone_without_a_certificate_is_served_as_everywhere(server: Apache, edge: str, choice: str) -> None:
    assert [status for status, _ in fetch(server, f"{edge}-{choice}", None, BOOTSTRAP, OWN)] == [200, 503]


@pytest.mark.parametrize("edge", EDGES)
def test_an_expired_certificate_counts_where_the_operator_chose_so(
    server: Apache, expired: ClientCertificate, edge: str
) -> None:
    assert fetch(server, f"{edge}-expired", expired, OWN, OWN, OWN) == [(200, OWN_FILES[f"{MAC}.cfg"])] * 3


@pytest.mark.parametrize("edge", EDGES)
def test_an_expired_certificate_gets_no_connection_elsewhere(
    server: Apache, expired: ClientCertificate, edge: str
) -> None:
    with pytest.raises(NO_CONNECTION):
        fetch(server, f"{edge}-valid", expired, OWN)


def test_what_apache_lets_through_is_looked_at_all_the_same(server: Apache, expired: ClientCertificate) -> None:
    # Apache takes expired ones, the site does not: two settings that do not match open nothing.
    assert [status for status, _ in fetch(server, "wsgi-valid-tolerant", expired, OWN, OWN)] == [503, 503]


@pytest.mark.parametrize("edge", EDGES)
def test_a_forged_certificate_opens_nothing(server: Apache, forged: list[ClientCertificate], edge: str) -> None:
    # On the second request mod_ssl itself says SUCCESS (apache/autoprov-mtls.conf).
    for certificate in forged:
        assert [status for status, _ in fetch(server, f"{edge}-expired", certificate, OWN, OWN, OWN)] == [503] * 3
        with pytest.raises(NO_CONNECTION):
            fetch(server, f"{edge}-valid", certificate, OWN)


@pytest.mark.parametrize("edge", EDGES)
def test_a_log_is_taken_from_a_phone_with_an_expired_certificate(
    server: Apache, expired: ClientCertificate, edge: str
) -> None:
    # Its first request, so that the certificate is asked for while the body is on its way.
    context = trusting()
    context.load_cert_chain(expired.certificate, expired.key)
    name, port = server.address(f"{edge}-expired")
    connection = http.client.HTTPSConnection(name, port, timeout=20, context=context)
    try:
        connection.request("PUT", f"{PREFIX}/{MAC}-boot.log", body=b"0522150041|boot\n" * 20_000)
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def test_a_phone_may_come_back_with_its_session(server: Apache, expired: ClientCertificate) -> None:
    context = trusting()
    context.load_cert_chain(expired.certificate, expired.key)
    session: ssl.SSLSession | None = None
    for _ in range(3):
        name, port = server.address("wsgi-expired")
        connection = http.client.HTTPConnection(name, port, timeout=20)
        connection.connect()
        with context.wrap_socket(connection.sock, session=session) as peer:
            connection.sock = peer
            connection.request("GET", OWN)
            assert connection.getresponse().status == 200
            session = peer.session


def test_old_phones_are_let_in_where_the_operator_chose_so(server: Apache) -> None:
    for host, is_let_in in (("old-phones", True), ("wsgi-https", False)):
        address = ":".join(map(str, server.address(host)))
        asked = [installed("openssl"), "s_client", "-connect", address, "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-brief"]
        done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False)
        assert (b"Protocol version: TLSv1\n" in done.stderr) is is_let_in, done.stderr
