"""What a certificate proves, by the variables that mod_ssl makes of it; tests/apache has real clients."""

import subprocess
from pathlib import Path

import pytest

from autoprov_web.client_certificate import EXPIRED_TOO, OFF, VALID, proven_mac
from tests.autoprov_web.sites import MAC
from tests.peers.certificate_authority import Authority, ClientCertificate
from tests.peers.installed import installed


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "maker", name="Maker Root CA")


@pytest.fixture(scope="module")
def factory(maker: Authority) -> ClientCertificate:
    return maker.issue(str(MAC).upper())


@pytest.fixture(scope="module")
def expired(maker: Authority) -> ClientCertificate:
    return maker.issue(str(MAC), is_expired=True)


def variables(certificate: ClientCertificate, **more: str) -> dict[str, str]:
    return {
        "SSL_CLIENT_VERIFY": "SUCCESS",
        "SSL_CLIENT_CERT": certificate.certificate.read_text(),
        "SSL_CLIENT_S_DN_CN": str(MAC).upper(),
        "PATH_INFO": f"/{MAC}.cfg",
    } | more


def proves(environ: dict[str, str], maker: Authority, *, certificates: str = VALID) -> bool:
    return proven_mac(environ, certificates=certificates, certificate_ca=str(maker.certificate)) == MAC


def test_a_makers_certificate_proves_the_mac(maker: Authority, factory: ClientCertificate) -> None:
    assert proves(variables(factory), maker)
    assert proves(variables(factory), maker, certificates=EXPIRED_TOO)


def test_an_expired_one_does_where_the_operator_chose_so(maker: Authority, expired: ClientCertificate) -> None:
    assert not proves(variables(expired), maker)
    assert proves(variables(expired), maker, certificates=EXPIRED_TOO)


def test_switched_off_nothing_is_proven(maker: Authority, factory: ClientCertificate) -> None:
    assert not proves(variables(factory), maker, certificates=OFF)


def test_a_servers_certificate_of_the_maker_proves_nothing(maker: Authority) -> None:
    assert not proves(variables(maker.issue(str(MAC), usage="serverAuth")), maker)


def test_no_authority_that_this_machine_trusts_otherwise_counts(maker: Authority) -> None:
    verify = [installed("openssl"), "verify", "-purpose", "sslclient"]
    for public in sorted(Path("/etc/ssl/certs").glob("*.pem")):
        if subprocess.run([*verify, str(public)], capture_output=True, check=False).returncode == 0:
            assert not proves(variables(ClientCertificate(public, public)), maker)
            return
    pytest.skip("this machine trusts no authority whose certificate would be good for a client")


def test_apaches_verdict_counts_for_nothing(tmp_path: Path, maker: Authority, factory: ClientCertificate) -> None:
    forged = Authority(tmp_path / "forger", name="Maker Root CA").issue(str(MAC).upper())
    for choice in (VALID, EXPIRED_TOO):
        assert not proves(variables(forged), maker, certificates=choice)
    assert proves(variables(factory, SSL_CLIENT_VERIFY="FAILED:certificate has expired"), maker)


@pytest.mark.parametrize(
    "more",
    [
        {"PATH_INFO": "/0004f2000001.cfg"},
        {"PATH_INFO": "/000000000000.cfg"},
        {"SSL_CLIENT_S_DN_CN": "0004f2000001", "PATH_INFO": "/0004f2abcdef.cfg"},
        {"SSL_CLIENT_S_DN_CN": "*"},
        {"SSL_CLIENT_S_DN_CN": ""},
        {"SSL_CLIENT_CERT": ""},
        {"SSL_CLIENT_CERT": "-----BEGIN CERTIFICATE-----\n" + "A" * 100_000},
        {"SSL_CLIENT_CERT": "no certificate"},
        {"SSL_CLIENT_CERT": "\x00\xff"},
    ],
    ids=str,
)
def test_anything_else_proves_nothing(maker: Authority, factory: ClientCertificate, more: dict[str, str]) -> None:
    environ = variables(factory) | more
    assert proven_mac(environ, certificates=VALID, certificate_ca=str(maker.certificate)) is None


def test_without_the_makers_certificates_nothing_is_proven(factory: ClientCertificate, tmp_path: Path) -> None:
    assert proven_mac(variables(factory), certificates=VALID, certificate_ca=str(tmp_path / "none")) is None


def test_nothing_stays_open(maker: Authority, factory: ClientCertificate) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        assert proves(variables(factory), maker)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
