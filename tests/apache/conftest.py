"""One Apache for all tests here: each way of serving phones is a port of it."""

import os
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from autoprov_web.fetch_report import append_report
from autoprov_web.site import SITE_FILE_NAME
from autoprov_web.wsgi import create_wsgi_app
from tests.apache.edges import PREFIX, Edges
from tests.autoprov_web.sites import ASSIGNED, NOW, a_site, open_access, put_entry, put_snapshot
from tests.peers.apache import Apache, VirtualHost, apache, apache_folder, share
from tests.peers.breaking import Breaking
from tests.peers.certificate_authority import Authority
from tests.peers.certificates import make_certificate
from tests.peers.serving import serving

CGI, WSGI, PROXY = "autoprov-cgi.conf", "autoprov-wsgi.conf", "autoprov-proxy.conf"
TLS, MTLS, PASSWORD = "autoprov-tls.conf", "autoprov-mtls.conf", "autoprov-password.conf"


def make_site(directory: Path, *, proxies: tuple[str, ...] = (), certificates: str = "off", ca: str = "") -> Path:
    """A compiled site with one phone that has a line; every other phone is a stranger."""
    directory.mkdir(parents=True)
    site = a_site(directory, path_prefix=PREFIX, access=open_access(directory, trusted_proxies=proxies))
    site.certificates, site.certificate_ca = certificates, ca
    (directory / SITE_FILE_NAME).write_bytes(site.to_bytes())
    put_snapshot(directory, time.time())
    put_entry(directory, ASSIGNED)
    for file in directory.iterdir():
        os.utime(file, (NOW, NOW))  # what phones are told as Last-Modified is the same in all sites
    share(directory)
    return directory / SITE_FILE_NAME


def broken_cgi(folder: Path) -> str:
    """Configuration for a CGI that ends without a word, as one does whose Python is damaged."""
    cgi = folder / "broken.cgi"
    cgi.write_text("#!/bin/sh\nexit 3\n")
    cgi.chmod(0o755)
    return f'ScriptAlias "{PREFIX}/" "{cgi}/"\n<Directory "{folder}">\nRequire all granted\n</Directory>'


@pytest.fixture(scope="session")
def folder() -> Generator[Path]:
    with apache_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def authority(folder: Path) -> Authority:
    """Stands for the phones' maker."""
    return Authority(folder / "maker", name="Maker Root CA")


@pytest.fixture(scope="session")
def embedded(folder: Path) -> Generator[Mapping[str, str]]:
    """The URLs of the application in waitress, reached by phones themselves and through a proxy."""
    with ExitStack() as stack:
        urls: dict[str, str] = {}
        for name, proxies in (("direct", ()), ("proxied", ("127.0.0.1/32",))):
            site_file = make_site(folder / name, proxies=proxies)
            app = create_wsgi_app(
                str(site_file), clock=time.time, report=lambda site, told: append_report(site.directory, told)
            )
            urls[name] = stack.enter_context(serving(app, judges_proxies=bool(proxies)))
        yield urls


@pytest.fixture(scope="session")
def breaking() -> Generator[Breaking]:
    backend = Breaking()
    yield backend
    backend.stop()


@pytest.fixture(scope="session")
def server(folder: Path, embedded: Mapping[str, str], authority: Authority, breaking: Breaking) -> Generator[Apache]:
    """An Apache with a port for each of our files, alone and together."""
    certificate = make_certificate(folder)
    ca = str(authority.certificate)
    site = {"AUTOPROV_PATH": f"{PREFIX}/", "AUTOPROV_SITE": str(make_site(folder / "site"))}
    backend = {"AUTOPROV_PATH": f"{PREFIX}/", "AUTOPROV_BACKEND": embedded["proxied"].removeprefix("http://")}
    tls = {"AUTOPROV_CERTIFICATE": str(certificate.certificate), "AUTOPROV_CERTIFICATE_KEY": str(certificate.key)}
    maker = {"AUTOPROV_MAKERS_CA": ca}
    valid = {"AUTOPROV_SITE": str(make_site(folder / "valid", certificates="valid", ca=ca))}
    expired = {"AUTOPROV_SITE": str(make_site(folder / "expired", certificates="expired-too", ca=ca))}
    tolerant = {"AUTOPROV_EXPIRED_CERTIFICATES": ""}
    basic = {"AUTOPROV_PASSWORDS": str(folder / "basic.passwords")}
    digest = {"AUTOPROV_PASSWORDS": str(folder / "digest.passwords"), "AUTOPROV_DIGEST": ""}
    hosts = {
        "cgi-http": VirtualHost((CGI,), site),
        "cgi-https": VirtualHost((TLS, CGI), site | tls),
        "wsgi-http": VirtualHost((WSGI,), site),
        "wsgi-https": VirtualHost((TLS, WSGI), site | tls),
        "embedded-https": VirtualHost((TLS, PROXY), backend | tls),
        "old-phones": VirtualHost((TLS, WSGI), site | tls | {"AUTOPROV_OLD_PHONES": ""}),
        "cgi-valid": VirtualHost((TLS, CGI, MTLS), site | tls | maker | valid),
        "wsgi-valid": VirtualHost((TLS, WSGI, MTLS), site | tls | maker | valid),
        "cgi-expired": VirtualHost((TLS, CGI, MTLS), site | tls | maker | expired | tolerant),
        "wsgi-expired": VirtualHost((TLS, WSGI, MTLS), site | tls | maker | expired | tolerant),
        "wsgi-valid-tolerant": VirtualHost((TLS, WSGI, MTLS), site | tls | maker | valid | tolerant),
        "basic": VirtualHost((WSGI, PASSWORD), site | basic),
        "digest": VirtualHost((WSGI, PASSWORD), site | digest),
        "root": VirtualHost((CGI,), site | {"AUTOPROV_PATH": "/"}),
        "no-site": VirtualHost((CGI,), site | {"AUTOPROV_SITE": str(folder / "missing")}),
        "broken": VirtualHost(("autoprov-phones.conf",), site, more=broken_cgi(folder)),
        "no-backend": VirtualHost((PROXY,), backend | {"AUTOPROV_BACKEND": "127.0.0.1:1"}),
        "breaking": VirtualHost((PROXY,), backend | {"AUTOPROV_BACKEND": breaking.address}),
    }
    with apache(folder, hosts) as server:
        yield server


@pytest.fixture(scope="session")
def edges(server: Apache, embedded: Mapping[str, str]) -> Edges:
    names = ("cgi-http", "cgi-https", "wsgi-http", "wsgi-https", "embedded-https")
    return Edges({name: server.url(name) for name in names} | {"embedded-http": embedded["direct"]})
