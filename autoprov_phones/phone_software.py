"""What a User-Agent tells of the phone that sent it."""

from dataclasses import dataclass
from enum import Enum

from autoprov_phones.mac import MacAddress


class Program(Enum):
    """Which program of the phone spoke; a Polycom boots through two, with two versions (phones 1.5)."""

    APPLICATION = "Application"
    UPDATER = "Updater"


@dataclass(frozen=True, slots=True)
class PhoneSoftware:
    """A recognised phone.

    *vendor* is our lower-case name of the make (``polycom``); *family* the maker's (``VVX``); *model* the maker's
    token, as the User-Agent spells it (``VVX_410``); *firmware* the version there, ``""`` where it gives none.
    *mac* is what the User-Agent itself says, which few phones do by default.
    """

    vendor: str
    family: str
    model: str
    firmware: str
    mac: MacAddress | None = None
    program: Program = Program.APPLICATION
