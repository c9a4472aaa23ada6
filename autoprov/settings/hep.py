"""The ``[hep]`` table: from whom we hear, by HEPv3, of registrations at another registrar."""

import ipaddress

from autoprov.settings.reader import TableReader
from registrar_plugin.hosts.hep_rules import HepMode, HepSettings, is_loopback

_NOWHERE = "127.0.0.1:9060"


def read_hep(table: TableReader, *, key: str | None) -> HepSettings | None:
    """The table's settings; None without ``listen``: then nothing listens. *key* is the secret's text."""
    listen = table.listen("listen", _NOWHERE)
    mode = HepMode(table.choice("mode", HepMode.FILTERED.value, among=tuple(each.value for each in HepMode)))
    senders = _senders(table)
    if "listen" not in table.values:
        if table.values:
            table.problems.append(f'[hep] listen: needed beside the other keys, e.g. "{_NOWHERE}"')
        return None
    return HepSettings((listen.host, listen.port), mode, senders, None if key is None else key.encode())


def hep_contradictions(settings: HepSettings) -> list[str]:
    """What is right key by key and wrong together."""
    host = settings.listen[0]
    if settings.senders and is_loopback(host):
        return [f"[hep] senders: nobody but this machine reaches {host}; listen at an address that they reach"]
    return []


def _senders(table: TableReader) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    senders: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
    for text in table.texts("senders"):
        try:
            senders.append(ipaddress.ip_network(text))
        except ValueError:
            table.problems.append(f"[hep] senders: {text!r} is not an address or a network such as 192.0.2.0/28")
    return tuple(senders)
