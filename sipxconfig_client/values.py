"""What is asked of the config system and what it answers, as values."""

from dataclasses import dataclass, field

from autoprov_phones.mac import MacAddress, MacSyntaxError


@dataclass(frozen=True, slots=True)
class Credentials:
    """An administrator of the config system."""

    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Model:
    """One model that the config system knows; *versions* are the exact names that it accepts."""

    model_id: str
    label: str
    vendor: str | None
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a phone as it stands; sipXconfig shows SIP passwords in clear.

    *user* is None for an external line. *registration_server_port* is None where sipXconfig says 0 or nothing: the
    phone finds the port itself (RFC 3263).
    """

    user_id: str
    display_name: str
    password: str = field(repr=False)
    registration_server: str
    registration_server_port: int | None
    user: str | None
    voicemail: str | None = None


@dataclass(frozen=True, slots=True)
class UserLine:
    """A line to be added: that of a user of the config system, by user name or alias."""

    user: str


@dataclass(frozen=True, slots=True)
class ExternalLine:
    """A line to be added: an account at any SIP server."""

    user_id: str
    display_name: str
    password: str = field(repr=False)
    registration_server: str
    registration_server_port: int | None = None
    voicemail: str | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone's record. *version* is None where sipXconfig stored none; an absent description is ``""``."""

    id: int
    serial_number: str
    model_id: str
    model_label: str
    version: str | None
    description: str
    lines: tuple[Line, ...]

    @property
    def mac(self) -> MacAddress | None:
        """The serial number as a MAC address; None for softphones, whose serial numbers are names."""
        try:
            return MacAddress(self.serial_number)
        except MacSyntaxError:
            return None

    @property
    def is_unassigned(self) -> bool:
        """Zero lines, internal or external: sipXconfig's own rule (contract 5)."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A phone to be created. *version* is the model's exact version name: any other text is stored as none at all."""

    mac: MacAddress
    model_id: str
    version: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Created:
    """The phone is in the config system, and we put it there."""

    phone_id: int


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The phone was in the config system before us; nothing was changed."""

    phone: Phone


@dataclass(frozen=True, slots=True)
class Accepted:
    """The old REST took the phone, which tells neither its id nor whether it was there before.

    *is_checked*: it was asked for afterwards, and is there.
    """

    is_checked: bool
