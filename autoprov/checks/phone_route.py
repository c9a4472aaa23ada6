"""Where a phone sends its REGISTER: to the port that it is told, or where DNS says (RFC 3263)."""

from collections.abc import Sequence
from ipaddress import ip_address
from types import MappingProxyType

from autoprov.checks.srv_records import srv_records
from autoprov.settings.registrar import RegistrarSettings
from registrar_plugin.hosts.listener import Transport
from registrar_plugin.sip.via import Address

_SERVICES = MappingProxyType({Transport.UDP: "_sip._udp", Transport.TCP: "_sip._tcp", Transport.TLS: "_sips._tcp"})
_PORTS = MappingProxyType({Transport.UDP: 5060, Transport.TCP: 5060, Transport.TLS: 5061})


class NobodyServes(Exception):
    """DNS says that the domain has no such service."""


def phone_route(registrar: RegistrarSettings, *, name_servers: Sequence[Address]) -> Address:
    """The first host and port that a phone tries; without records it is the transport's own port.

    Raises:
        NobodyServes, NoDnsAnswer: as they say.
    """
    domain, transport = registrar.address, registrar.transport
    if registrar.told_port:
        return domain, registrar.told_port
    if _is_ip_address(domain):
        return domain, _PORTS[transport]
    service = f"{_SERVICES[transport]}.{domain}"
    records = srv_records(service, name_servers=name_servers)
    if not records:
        return domain, _PORTS[transport]
    if not records[0].target:
        raise NobodyServes(f"DNS says that there is no {service}")
    return records[0].target, records[0].port


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
