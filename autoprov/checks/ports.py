"""What ``autoprov check`` says of the ports: free, ours already, or somebody else's."""

import errno
import socket
from collections.abc import Iterator

from autoprov.checks.finding import Finding, Level
from autoprov.port_notes import has_noted
from autoprov.ports import Port, ports_of
from autoprov.settings.settings import Settings


def check_ports(settings: Settings) -> Iterator[Finding]:
    """One finding for each port at which a part is to listen."""
    for port in ports_of(settings):
        yield _finding(port, settings)


def part_runs(settings: Settings, part: str) -> bool:
    """Whether this part of this installation has its ports now."""
    return any(has_noted(settings.notes_directory, port) for port in ports_of(settings) if port.part == part)


def _finding(port: Port, settings: Settings) -> Finding:
    error = _bind_error(port)
    if error is None:
        return Finding(Level.OK, f"{port.key} {port} is free")
    if error.errno == errno.EADDRINUSE:
        if has_noted(settings.notes_directory, port):
            return Finding(Level.OK, f"{port.key} {port} is in use by autoprov itself")
        mend = f"see who has it: ss -lnp{port.protocol[0]} 'sport = :{port.at.port}'"
        return Finding(Level.WARNING, f"{port.key} {port} is in use by somebody else", mend)
    if isinstance(error, PermissionError):
        mend = "choose a port above 1023, or give the user of 'up' the right to it"
    else:
        mend = "listen on 0.0.0.0 or on an address of this machine"
    return Finding(Level.WRONG, f"{port.key} {port}: {error.strerror}", mend)


def _bind_error(port: Port) -> OSError | None:
    """Why nobody could listen there now; None where it is free."""
    family = socket.AF_INET6 if ":" in port.at.host else socket.AF_INET
    with socket.socket(family, port.kind) as probe:
        if port.kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((port.at.host, port.at.port))
        except OSError as error:
            return error
    return None
