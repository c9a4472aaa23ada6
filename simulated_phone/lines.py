"""The lines that a configuration gives to a phone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

_LINE_NUMBER = re.compile(r"reg\.([1-9]\d{0,2})\.address")
_DEFAULT_PORT = 5060
_DEFAULT_EXPIRES = "3600"


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
    lines = [_line(parameters, number) for number in numbers if parameters.get(f"reg.{number}.register") != "0"]
    return [line for line in lines if line.address and line.server_host]


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
        server_port=_number(of_server("port")) or _DEFAULT_PORT,
        transport=of_server("transport", "UDPOnly"),
        expires=timedelta(seconds=_number(of_server("expires", _DEFAULT_EXPIRES))),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
