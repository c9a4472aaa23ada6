"""Typed reading of one settings table: every problem is collected, none is guessed around."""

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar, cast

_T = TypeVar("_T")
_DURATION = re.compile(r"([0-9]{1,9})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_HOST_NAME = re.compile(r"[A-Za-z0-9._\-]+")


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server listens; port 0 takes a free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(slots=True)
class TableReader:
    """Reads the keys of one TOML table; what nobody asked for is a problem, and so is the wrong type."""

    name: str
    values: dict[str, object]
    problems: list[str]
    _asked: set[str] = field(default_factory=set[str])

    def text(self, key: str, default: str, *, pattern: str = r"[^\x00-\x1f\x7f]+", meaning: str = "text") -> str:
        """A string that matches *pattern* whole; *meaning* tells the reader what is wanted."""
        value = self._value(key, default)
        if value == default:
            return default
        if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
            return self._wrong(key, f"{value!r} is not {meaning}", default)
        return value

    def host(self, key: str, default: str) -> str:
        """A host name, an IPv4 address, or an IPv6 address without brackets."""
        value = self._value(key, default)
        if not isinstance(value, str) or not is_host(value):
            return self._wrong(key, f"{value!r} is not a host name or IP address", default)
        return value

    def integer(self, key: str, default: int, *, low: int, high: int) -> int:
        """A whole number from *low* to *high*."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return self._wrong(key, f"{value!r} is not a whole number from {low} to {high}", default)
        return value

    def duration(self, key: str, default: str) -> timedelta:
        """A number with its unit: ``90s``, ``5m``, ``2h``, ``1d``."""
        value = self._value(key, default)
        duration = read_duration(value) if isinstance(value, str) else None
        if duration is None:
            fallback = read_duration(default)
            assert fallback is not None
            return self._wrong(key, f'{value!r} is not a time such as "90s", "5m" or "2h"', fallback)
        return duration

    def end_of_day(self, key: str) -> datetime | None:
        """The end, in UTC, of a day written as ``2026-12-31``; None where none is given."""
        value = self._value(key, None)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime) or value == date.max:
            return self._wrong(key, f"{value!r} is not a day such as 2026-12-31, without quotes", None)
        return datetime(value.year, value.month, value.day, tzinfo=UTC) + timedelta(days=1)

    def listen(self, key: str, default: str) -> Listen:
        """``HOST:PORT`` or ``[IPv6]:PORT``."""
        value = self._value(key, default)
        listen = read_listen(value) if isinstance(value, str) else None
        if listen is None:
            fallback = read_listen(default)
            assert fallback is not None
            return self._wrong(key, f'{value!r} is not an address such as "0.0.0.0:8480"', fallback)
        return listen

    def choice(self, key: str, default: str, *, among: tuple[str, ...]) -> str:
        """One of *among*."""
        value = self._value(key, default)
        if value not in among:
            return self._wrong(key, f"{value!r} is none of {', '.join(among)}", default)
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where it is not given."""
        value = self._value(key, [])
        items = cast("list[object]", value) if isinstance(value, list) else None
        if items is None or not all(isinstance(item, str) for item in items):
            return self._wrong(key, f"{value!r} is not a list of strings", ())
        return tuple(str(item) for item in items)

    def finish(self) -> None:
        """Report the keys that nobody asked for: a misspelt key must not look like a default."""
        for key in self.values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.problems.append(f"[{self.name}] {key}: no such key; there are {known}")

    def _value(self, key: str, default: object) -> object:
        self._asked.add(key)
        return self.values.get(key, default)

    def _wrong(self, key: str, reason: str, fallback: _T) -> _T:
        self.problems.append(f"[{self.name}] {key}: {reason}")
        return fallback


def is_host(text: str) -> bool:
    """Whether this is a host alone: no scheme, no port, no brackets."""
    if ":" not in text:
        return _HOST_NAME.fullmatch(text) is not None
    try:
        return ipaddress.IPv6Address(text).scope_id is None
    except ValueError:
        return False


def read_duration(text: str) -> timedelta | None:
    """``90s``, ``5m``, ``2h`` or ``1d``; None for anything else, and for no time at all."""
    match = _DURATION.fullmatch(text)
    if match is None or int(match[1]) == 0:
        return None
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def read_listen(text: str) -> Listen | None:
    """``HOST:PORT`` or ``[IPv6]:PORT``, None for anything else."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        return None
    return Listen(host, int(port))
