from dataclasses import replace
from pathlib import Path

import pytest

from autoprov.checks.phone_route import NobodyServes, phone_route
from autoprov.demo.site import demo_settings
from autoprov.settings.registrar import RegistrarSettings
from registrar_plugin.hosts.listener import Transport
from tests.peers.dns import dns_server

UDP, TCP, TLS = Transport
DOMAIN = "example.org"


@pytest.fixture
def by_dns(tmp_path: Path) -> RegistrarSettings:
    return replace(demo_settings(tmp_path).registrar, is_ours=False, address=DOMAIN, pbx_port=0)


def test_the_port_that_phones_are_told_is_asked_for_nowhere(by_dns: RegistrarSettings) -> None:
    assert phone_route(replace(by_dns, pbx_port=5062), name_servers=[]) == (DOMAIN, 5062)


@pytest.mark.parametrize(("transport", "port"), [(UDP, 5060), (TCP, 5060), (TLS, 5061)])
def test_an_ip_address_has_the_usual_port(by_dns: RegistrarSettings, transport: Transport, port: int) -> None:
    registrar = replace(by_dns, address="192.0.2.1", transport=transport)
    assert phone_route(registrar, name_servers=[]) == ("192.0.2.1", port)


def test_each_transport_has_its_records_and_without_them_the_usual_port(by_dns: RegistrarSettings) -> None:
    records = {
        "_sip._udp.example.org": [(2, 0, 5070, "b.example.org"), (1, 0, 5071, "a.example.org")],
        "_sips._tcp.example.org": [(1, 0, 5072, "c.example.org")],
    }
    with dns_server(srv=records) as server:
        found = [phone_route(replace(by_dns, transport=each), name_servers=[server]) for each in Transport]
    assert found == [("a.example.org", 5071), (DOMAIN, 5060), ("c.example.org", 5072)]


def test_a_domain_that_says_that_nobody_serves_is_believed(by_dns: RegistrarSettings) -> None:
    with dns_server(srv={"_sip._udp.example.org": [(0, 0, 0, ".")]}) as server, pytest.raises(NobodyServes):
        phone_route(by_dns, name_servers=[server])
