"""Who asks for the registration file of every MAC, keeps what it says, and comes back when phones have lines."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from autoprov_phones.mac import MacAddress
from autoprov_phones.polycom_names import line_file_name, registration_file_name
from bench.swept_site import LINE_SECRET, swept_mac

_CLIENTS = 4
_OWN_DIRECTORY = re.compile(rb"own/([A-Z2-7]{32})")
_PATIENCE, _PAUSE = 50, 0.1
"""How often, and after how many seconds, an address asks again that was told 503 for asking too much."""


@dataclass(slots=True)
class Spoils:
    """What a sweep obtained; *lost* requests were not answered at all. *tokens* name phones' own directories."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    tokens: dict[MacAddress, str] = field(default_factory=dict[MacAddress, str])
    registrations: int = 0
    lines: int = 0
    lost: int = 0

    def add(self, other: "Spoils") -> None:
        """Count what another client obtained."""
        self.statuses += other.statuses
        self.tokens |= other.tokens
        self.registrations += other.registrations
        self.lines += other.lines
        self.lost += other.lost


def sweep(address: str, port: int, macs: int, *, advance: Callable[[], None]) -> Spoils:
    """What *address* obtains by asking for the first *macs* of them."""
    spoils = Spoils()
    parts = [range(first, macs, _CLIENTS) for first in range(_CLIENTS)]
    with ThreadPoolExecutor(_CLIENTS) as clients:
        for part in clients.map(partial(_ask, port, address, advance), parts):
            spoils.add(part)
    return spoils


def follow_up(address: str, port: int, tokens: Mapping[MacAddress, str]) -> int:
    """How many files with a line the directories of *tokens* hold by now."""
    opened = 0
    with closing(HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))) as connection:
        for mac, token in tokens.items():
            opened += LINE_SECRET in _get_in_the_end(connection, f"/own/{token}/{line_file_name(mac)}")
    return opened


def _ask(port: int, address: str, advance: Callable[[], None], numbers: range) -> Spoils:
    """What one client obtains, over one connection."""
    spoils = Spoils()
    with closing(HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))) as connection:
        for mac in map(swept_mac, numbers):
            try:
                status, body = _get(connection, f"/{registration_file_name(mac)}")
            except (OSError, HTTPException):
                connection.close()
                spoils.lost += 1
            else:
                spoils.statuses[status] += 1
                spoils.registrations += b"reg.1.auth.password" in body
                spoils.lines += LINE_SECRET in body
                if (found := _OWN_DIRECTORY.search(body)) is not None:
                    spoils.tokens[mac] = found[1].decode()
            advance()
    return spoils


def _get_in_the_end(connection: HTTPConnection, path: str) -> bytes:
    for _ in range(_PATIENCE):
        status, body = _get(connection, path)
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            return body
        time.sleep(_PAUSE)
    return b""


def _get(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read()
