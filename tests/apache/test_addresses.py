"""Whose address a request has: the phone's own, or what a proxy says that we trust, never what the phone says."""

from collections.abc import Iterator
from itertools import count

import pytest

from autoprov_phones.mac import MacAddress
from tests.apache.edges import PREFIX, Edges
from tests.apache.fetches import wait_for_reports
from tests.peers.apache import Apache

PHONE = "127.0.0.2"
"""A machine of its own to Apache, which is 127.0.0.1 to what is behind it."""
PROXY = "127.0.0.1"
"""Whom "proxied" and "behind" trust: our Apache itself, and what stands in front of it."""
SOMEBODY = "192.168.9.9"
FORGED = {"X-Forwarded-For": SOMEBODY, "Forwarded": f"for={SOMEBODY}", "X-Real-Ip": SOMEBODY, "Client-Ip": SOMEBODY}
SITES = {
    "cgi-http": "site",
    "wsgi-http": "site",
    "proxy-http": "proxied",
    "embedded-https": "proxied",
    "cgi-behind": "behind",
    "wsgi-behind": "behind",
}
"""Where each host's reports are."""


@pytest.fixture(scope="module")
def macs() -> Iterator[MacAddress]:
    """MACs that have not asked for anything yet."""
    return (MacAddress(f"64167f06{number:04x}") for number in count())


def address_told(server: Apache, host: str, mac: MacAddress, *, source: str) -> str:
    """The address of the sighting of a request that says to be somebody else's."""
    edges = Edges({host: server.url(host)})
    reply = edges.ask(host, f"{PREFIX}/{mac}-registration.cfg", headers=FORGED, source=source)
    assert reply.status == 200
    (report,) = wait_for_reports(server.folder / SITES[host], mac)
    return report.address


@pytest.mark.parametrize("host", SITES)
def test_a_phone_cannot_say_that_it_is_somebody_else(server: Apache, macs: Iterator[MacAddress], host: str) -> None:
    assert address_told(server, host, next(macs), source=PHONE) == PHONE


@pytest.mark.parametrize("host", ["proxy-http", "embedded-https"])
def test_behind_our_apache_not_even_who_has_a_trusted_address_can(
    server: Apache, macs: Iterator[MacAddress], host: str
) -> None:
    assert address_told(server, host, next(macs), source=PROXY) == PROXY


@pytest.mark.parametrize("host", ["cgi-behind", "wsgi-behind"])
def test_a_trusted_proxy_in_front_of_apache_is_believed(server: Apache, macs: Iterator[MacAddress], host: str) -> None:
    assert address_told(server, host, next(macs), source=PROXY) == SOMEBODY


@pytest.mark.parametrize("host", ["cgi-http", "wsgi-http"])
def test_a_proxy_that_the_settings_do_not_name_is_not_believed(
    server: Apache, macs: Iterator[MacAddress], host: str
) -> None:
    assert address_told(server, host, next(macs), source=PROXY) == PROXY
