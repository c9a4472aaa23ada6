"""Who counts as one where strangers get shares."""

from socket import AF_INET6, inet_pton

_NETWORK_BYTES = 8
"""/64: who has one IPv6 address has as many as he likes, those of his network."""


def peer_of(host: str) -> str | bytes:
    """An IPv4 address itself, or an IPv6 address's network; *host* as a socket gives it, with or without a zone.

    An IPv4 address written as IPv6 stays the one address that it is.
    """
    if ":" not in host:
        return host
    address = inet_pton(AF_INET6, host.partition("%")[0])
    return address if address.startswith(b"\0" * _NETWORK_BYTES) else address[:_NETWORK_BYTES]
