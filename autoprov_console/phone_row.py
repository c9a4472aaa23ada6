"""A row of the table: a phone of the config system, with what its Description and its last packet say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autoprov_console.age import age_text
from autoprov_console.letting_in import has_to_be_let_in
from autoprov_phones.description import parse_description
from autoprov_phones.mac import MacAddress
from sipxconfig_client.values import Line, Phone

FRESH = timedelta(minutes=5)
"""A phone seen within this is likely on: un-provisioned phones register again at least this often."""
OUR_DESCRIPTION = "Auto-provisioned"
"""Stands for a Description that we wrote: its facts have columns of their own."""


@dataclass(frozen=True, slots=True)
class PhoneRow:
    """Texts as shown; ``""`` where nothing is known.

    *is_id_doubled*: another phone shows the same unique ID. *has_to_be_let_in*: by us, where we serve its own files.
    """

    phone_id: int
    serial_number: str
    mac: MacAddress | None
    lines: tuple[str, ...]
    model: str
    description: str
    unique_id: str
    contact_host: str
    firmware: str
    last_seen: datetime | None
    age: str
    is_fresh: bool
    is_id_doubled: bool
    has_to_be_let_in: bool

    @property
    def can_be_assigned(self) -> bool:
        """No line yet, and a MAC by which the phone can be told to fetch its files."""
        return self.mac is not None and not self.lines


def phone_row(phone: Phone, *, last_seen: datetime | None, is_id_doubled: bool, now: datetime) -> PhoneRow:
    """The row of *phone*; facts come out of the Description only where it is ours, whole and unchanged."""
    said = parse_description(phone.description)
    return PhoneRow(
        phone_id=phone.id,
        serial_number=phone.serial_number,
        mac=phone.mac,
        lines=tuple(_line_label(line) for line in phone.lines),
        model=_model_text(phone),
        description=phone.description.strip() if said is None else OUR_DESCRIPTION,
        unique_id="" if said is None else said.unique_id.text,
        contact_host="" if said is None else said.contact_host,
        firmware="" if said is None else said.firmware,
        last_seen=last_seen,
        age="" if last_seen is None else age_text(last_seen, now=now),
        is_fresh=last_seen is not None and now - last_seen <= FRESH,
        is_id_doubled=is_id_doubled,
        has_to_be_let_in=has_to_be_let_in(phone),
    )


def _line_label(line: Line) -> str:
    """sipXconfig's: the user name, for an external line its user ID."""
    return line.user or line.user_id


def _model_text(phone: Phone) -> str:
    """sipXconfig's ``<label> v<version ID>``: a version's name is the make's followed by the ID (``polycom4.0.X``)."""
    version_id = (phone.version or "").lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{phone.model_label} v{version_id}" if version_id else phone.model_label
