"""What the inventory holds, as values."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whose line can be put on a phone."""

    user_name: str
    display_name: str
    sip_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExternalAccount:
    """An account at any SIP server, as it was sent: nothing is checked, all may be absent (contract 2.5)."""

    user_id: str | None
    display_name: str | None
    password: str | None = field(repr=False)
    registration_server: str | None
    registration_server_port: str | None


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line and whose it is: internal with a user, external with an account."""

    id: int
    owner: User | ExternalAccount


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """What is written of a phone. *version* is one of the maker's exact version names, or None."""

    serial_number: str
    model_id: str
    version: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group of phones; of several groups' settings those of the greatest *weight* would count."""

    id: int
    name: str
    description: str | None
    weight: int


@dataclass(frozen=True, slots=True)
class StoredPhone:
    """A phone as it stands, with its lines in the order of its line keys."""

    id: int
    record: PhoneRecord
    lines: tuple[StoredLine, ...]
    groups: tuple[StoredGroup, ...]
