"""The lines that a configuration gives to a phone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from simulated_phone.delta_seconds import read_delta_seconds

_LINE_NUMBER = re.compile(r"reg\.([1-9]\d{0,2})\.address")
_PORT = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_DEFAULT_PORT = 5060
_DEFAULT_EXPIRES = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One ``reg.N``. *label* is shown beside the line key; *display_name* goes into From."""

    number: int
    address: str
    auth_user: str
    password: str = field(repr=False)
    label: str
    display_name: str
    server_host: str
    server_port: int
    transport: str
    expires: timedelta

    @property
    def server(self) -> str:
        """``host:port``, for people."""
        return f"{self.server_host}:{self.server_port}"

    @property
    def user(self) -> str:
        """The user part of the line's address."""
        return self.address.partition("@")[0]


def lines_of(parameters: Mapping[str, str]) -> list[Line]:
    """The lines to register, in the order of their keys: those that have an address and a server."""
    numbers = sorted(int(match[1]) for name in parameters if (match := _LINE_NUMBER.fullmatch(name)))
    lines = [_line(parameters, number) for number in numbers if not _is_switched_off(parameters, number)]
    return [line for line in lines if line.address and line.server_host]


def _is_switched_off(parameters: Mapping[str, str], number: int) -> bool:
    return "0" in (parameters.get(f"reg.{number}.register"), parameters.get(f"reg.{number}.server.1.register"))


def _line(parameters: Mapping[str, str], number: int) -> Line:
    def of_line(name: str, default: str = "") -> str:
        return parameters.get(f"reg.{number}.{name}") or default

    def of_server(name: str, default: str = "") -> str:
        return of_line(f"server.1.{name}") or parameters.get(f"voIpProt.server.1.{name}") or default

    address = of_line("address")
    user = address.partition("@")[0]
    return Line(
        number=number,
        address=address,
        auth_user=of_line("auth.userId", user),
        password=of_line("auth.password"),
        label=of_line("label", user),
        display_name=of_line("displayName"),
        server_host=of_server("address"),
        server_port=int(port) if _PORT.fullmatch(port := of_server("port")) else _DEFAULT_PORT,
        transport=of_server("transport", "UDPOnly"),
        expires=read_delta_seconds(of_server("expires")) or _DEFAULT_EXPIRES,
    )
