"""One Apache for all tests here: each way of serving phones is a port of it."""

import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from autoprov.http.refusals import PhoneChannel
from autoprov_web.fetch_report import append_report
from autoprov_web.wsgi import create_wsgi_app
from tests.apache.damaged import broken_cgi, damaged_wsgi_hosts
from tests.apache.edges import PREFIX, Edges
from tests.apache.sites import CLOSED, make_site
from tests.peers.apache import Apache, VirtualHost, apache, apache_folder
from tests.peers.breaking import Breaking
from tests.peers.certificate_authority import Authority
from tests.peers.certificates import make_certificate
from tests.peers.serving import serving

CGI, WSGI, PROXY = "autoprov-cgi.conf", "autoprov-wsgi.conf", "autoprov-proxy.conf"
TLS, MTLS, PASSWORD = "autoprov-tls.conf", "autoprov-mtls.conf", "autoprov-password.conf"
SIPXECS = "autoprov-sipxecs.conf"
APACHES_OWN = ("127.0.0.1/32",)


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
        for name, proxies in (("direct", ()), ("proxied", APACHES_OWN)):
            site_file = make_site(folder / name, rules={"trusted_proxies": proxies})
            app = create_wsgi_app(
                str(site_file), clock=time.time, report=lambda site, told: append_report(site.directory, told)
            )
            urls[name] = stack.enter_context(serving(app, judges_proxies=bool(proxies), channel_class=PhoneChannel))
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
        "proxy-http": VirtualHost((PROXY,), backend),
        **damaged_wsgi_hosts(folder, site),
        **sites_of_their_own(folder, backend),
    }
    with apache(folder, hosts) as server:
        yield server


def sites_of_their_own(folder: Path, backend: Mapping[str, str]) -> dict[str, VirtualHost]:
    """Hosts whose reports or rules are no other host's."""
    path = {"AUTOPROV_PATH": f"{PREFIX}/"}
    behind = path | {"AUTOPROV_SITE": str(make_site(folder / "behind", rules={"trusted_proxies": APACHES_OWN}))}
    sipxecs = {"AUTOPROV_SITE": str(make_site(folder / "sipxecs")), "AUTOPROV_TFTPROOT": str(folder / "tftproot")}
    (folder / "tftproot").mkdir()
    hosts = {
        "cgi-behind": VirtualHost((CGI,), behind),
        "wsgi-behind": VirtualHost((WSGI,), behind),
        "cgi-sipxecs": VirtualHost((CGI, SIPXECS), path | sipxecs),
        "wsgi-sipxecs": VirtualHost((WSGI, SIPXECS), path | sipxecs),
        "proxy-sipxecs": VirtualHost((PROXY, SIPXECS), {**backend, **sipxecs}),
        "guarded": VirtualHost(
            (CGI, SIPXECS, PASSWORD), path | sipxecs | {"AUTOPROV_PASSWORDS": str(folder / "sipxecs.passwords")}
        ),
        "afar": VirtualHost((CGI, SIPXECS), path | sipxecs | {"AUTOPROV_TFTPROOT_NETWORKS": "192.0.2.0/24"}),
    }
    for name, rules in CLOSED.items():
        closed = path | {"AUTOPROV_SITE": str(make_site(folder / name, rules={"macs_per_hour": 10_000, **rules}))}
        hosts |= {f"cgi-{name}": VirtualHost((CGI,), closed), f"wsgi-{name}": VirtualHost((WSGI,), closed)}
    return hosts


@pytest.fixture(scope="session")
def edges(server: Apache, embedded: Mapping[str, str]) -> Edges:
    names = ("cgi-http", "cgi-https", "wsgi-http", "wsgi-https", "embedded-https")
    return Edges({name: server.url(name) for name in names} | {"embedded-http": embedded["direct"]})
